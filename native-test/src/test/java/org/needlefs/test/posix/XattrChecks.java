package org.needlefs.test.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.needlefs.test.posix.Checks.is;
import static org.needlefs.test.posix.Checks.succeeds;
import static org.needlefs.test.system.ErrorNumber.*;
import static org.needlefs.test.system.Flags.*;

import org.needlefs.test.posix.Checks.Ability;

/** xattr(7). */
final class XattrChecks {
    private XattrChecks() {}

    static void addTo(Checks checks) {
        checks.check("a value is kept to the byte on files and directories", at -> {
            byte[] value = {0, 1, -1, 'x', 0};
            for (String name : new String[] {at.file("f"), at.directory("d")}) {
                succeeds(
                        at.root.setXattr(name, "user.a", value, 0),
                        at.root.setXattr(name, "user.empty", new byte[0], 0));
                assertThat(at.root.xattr(name, "user.a").get()).isEqualTo(value);
                assertThat(at.root.xattr(name, "user.empty").get()).isEmpty();
                assertThat(at.root.xattrs(name).get()).contains("user.a", "user.empty");
                succeeds(at.root.removeXattr(name, "user.a"));
                is(-ENODATA, at.root.xattr(name, "user.a").error());
                assertThat(at.root.xattrs(name).get()).doesNotContain("user.a");
            }
        });
        checks.check("XATTR_CREATE of what is there: EEXIST; XATTR_REPLACE of what is not: ENODATA", at -> {
            is(-ENODATA, at.root.setXattr(at.file("f"), "user.a", new byte[1], XATTR_REPLACE));
            is(0, at.root.setXattr("f", "user.a", new byte[1], XATTR_CREATE));
            is(-EEXIST, at.root.setXattr("f", "user.a", new byte[1], XATTR_CREATE));
            is(0, at.root.setXattr("f", "user.a", new byte[2], XATTR_REPLACE));
            assertThat(at.root.xattr("f", "user.a").get()).hasSize(2);
        });
        checks.check("what is not there: ENODATA", at -> {
            is(-ENODATA, at.root.xattr(at.file("f"), "user.none").error());
            is(-ENODATA, at.root.removeXattr("f", "user.none"));
        });
        checks.check("a buffer of no bytes asks for the size, one that is too small: ERANGE", at -> {
            succeeds(at.root.setXattr(at.file("f"), "user.a", new byte[10], 0));
            is(10, at.root.xattr("f", "user.a", new byte[0]));
            is(-ERANGE, at.root.xattr("f", "user.a", new byte[9]));
            is(10, at.root.xattr("f", "user.a", new byte[10]));
        });
        checks.check("a name may have 255 bytes, 256: ERANGE", at -> {
            String name = "user." + "n".repeat(250);
            is(0, at.root.setXattr(at.file("f"), name, new byte[1], 0));
            is(1, at.root.xattr("f", name).get().length);
            is(-ERANGE, at.root.setXattr("f", name + "n", new byte[1], 0));
            is(-ERANGE, at.root.xattr("f", name + "n").error());
        });
        checks.check("a name without a namespace: EOPNOTSUPP", at -> {
            is(-EOPNOTSUPP, at.root.setXattr(at.file("f"), "nothing", new byte[1], 0));
            is(-EOPNOTSUPP, at.root.xattr("f", "nothing").error());
        });
        checks.check("user attributes are for files and directories: EPERM", at -> {
            is(-EPERM, at.root.setXattr(at.symlink("x", "s"), "user.a", new byte[1], 0));
            succeeds(at.root.mknod("p", S_IFIFO | 0644, 0));
            is(-EPERM, at.root.setXattr("p", "user.a", new byte[1], 0));
            is(-ENODATA, at.root.xattr("p", "user.a").error());
        });
        checks.check("user attributes obey the mode: EACCES", at -> {
            at.file("f", 0644, 0, 0);
            is(-EACCES, at.user.setXattr("f", "user.a", new byte[1], 0));
            succeeds(at.root.setXattr("f", "user.a", new byte[1], 0));
            is(0, at.user.xattr("f", "user.a").error());
            succeeds(at.root.chmod("f", 0600));
            is(-EACCES, at.user.xattr("f", "user.a").error());
        });
        checks.check("trusted attributes are root's alone, on symlinks too", at -> {
            at.symlink("x", "s");
            for (String name : new String[] {at.file("f"), "s"}) {
                is(0, at.root.setXattr(name, "trusted.a", new byte[1], 0));
                is(0, at.root.xattr(name, "trusted.a").error());
                is(-ENODATA, at.user.xattr(name, "trusted.a").error());
                is(-EPERM, at.user.setXattr(name, "trusted.a", new byte[1], 0));
            }
        });
        checks.check("attributes belong to the file, not to the name", at -> {
            succeeds(at.root.setXattr(at.file("f"), "user.a", new byte[3], 0), at.root.link("f", "g"));
            succeeds(at.root.rename("f", "h"));
            assertThat(at.root.xattr("g", "user.a").get()).hasSize(3);
            assertThat(at.root.xattr("h", "user.a").get()).hasSize(3);
        });
        checks.check("a value over 64 KiB: E2BIG", at -> {
            is(-E2BIG, at.root.setXattr(at.file("f"), "user.a", new byte[(1 << 16) + 1], 0));
        });
        checks.checkIf(Ability.LARGE_XATTRS, "a value may have 64 KiB", at -> {
            is(0, at.root.setXattr(at.file("f"), "user.a", new byte[1 << 16], 0));
            is(1 << 16, at.root.xattr("f", "user.a").get().length);
        });
        checks.checkIf(Ability.LARGE_XATTRS, "200 attributes are listed", at -> {
            at.file("f");
            for (int number = 0; number < 200; number++) {
                succeeds(at.root.setXattr("f", "user.attribute" + number, new byte[number], 0));
            }
            assertThat(at.root.xattrs("f").get())
                    .hasSizeGreaterThanOrEqualTo(200)
                    .contains("user.attribute199");
        });
    }
}
