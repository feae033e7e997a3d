package org.needlefs.test.posix;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.needlefs.test.fixture.TestFileSystem;
import org.needlefs.test.posix.Checks.Ability;

/** The rules of the manual pages, for each binding to the kernel; a binding is excused only from what it can't pass on. */
final class PosixIT {
    private static final Map<String, Consumer<Checks>> GROUPS = groups();

    private final List<TestFileSystem> opened = new ArrayList<>();
    private int places;

    private static Map<String, Consumer<Checks>> groups() {
        Map<String, Consumer<Checks>> groups = new LinkedHashMap<>();
        groups.put("paths", PathChecks::addTo);
        groups.put("open files", OpenChecks::addTo);
        groups.put("names", NameChecks::addTo);
        groups.put("rename", RenameChecks::addTo);
        groups.put("attributes", AttributeChecks::addTo);
        groups.put("sizes", SizeChecks::addTo);
        groups.put("extended attributes", XattrChecks::addTo);
        groups.put("listings", ListingChecks::addTo);
        groups.put("locks and mappings", LockChecks::addTo);
        return groups;
    }

    @TestFactory
    List<DynamicNode> throughTheKernelProtocol() {
        Set<Ability> abilities = EnumSet.allOf(Ability.class);
        if (TestFileSystem.isLocal()) {
            abilities.remove(Ability.LARGE_XATTRS); // ext4 has one block for them
        }
        return rules("kernel", abilities);
    }

    /** libfuse 2.9 knows no rename flags, no SEEK_HOLE, no O_TMPFILE. */
    @TestFactory
    List<DynamicNode> throughJnrFuse() {
        return rules("jnr", EnumSet.of(Ability.LARGE_XATTRS));
    }

    private List<DynamicNode> rules(String binding, Set<Ability> abilities) {
        if (TestFileSystem.isLocal() && binding.equals("jnr")) {
            return List.of(); // there is one local disk
        }
        TestFileSystem fileSystem = TestFileSystem.open("fuse=" + binding, "allow_other");
        opened.add(fileSystem);
        List<DynamicNode> nodes = new ArrayList<>();
        int count = 0;
        for (Map.Entry<String, Consumer<Checks>> group : GROUPS.entrySet()) {
            Checks checks = new Checks(abilities);
            group.getValue().accept(checks);
            count += checks.count();
            nodes.add(checks.tests(group.getKey(), () -> Place.make(fileSystem.calls(), "place" + places++)));
        }
        System.out.printf("PosixIT %s: %d rules%n", binding, count);
        return nodes;
    }

    @AfterEach
    void close() {
        opened.forEach(TestFileSystem::close);
        opened.clear();
    }
}
