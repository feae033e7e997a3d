package org.needlefs.test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows between the modules and what each of them must not know. */
final class ArchitectureTest {
    private static final String STORAGE = "org.needlefs.storage..";
    private static final String CLUSTER = "org.needlefs.cluster..";
    private static final String CLIENT = "org.needlefs.client..";
    private static final String COMMAND_LINE = "org.needlefs.client.cli..";
    private static final String BINDING = "org.needlefs.client.binding..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.needlefs.storage", "org.needlefs.cluster", "org.needlefs.client");

    @Test
    void dependenciesRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.needlefs..")
                .layer("storage")
                .definedBy(STORAGE)
                .layer("cluster")
                .definedBy(CLUSTER)
                .layer("client")
                .definedBy(CLIENT)
                .whereLayer("storage")
                .mayOnlyBeAccessedByLayers("cluster", "client")
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("client")
                .whereLayer("client")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void storageKnowsNoErrno() {
        never(STORAGE, resideInAnyPackage(CLUSTER, CLIENT));
        noClasses()
                .that()
                .resideInAPackage(STORAGE)
                .should()
                .haveSimpleNameContaining("Errno")
                .check(CLASSES);
    }

    @Test
    void onlyBindingsTouchTheKernelInterface() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BINDING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ru.serce.jnrfuse..", "jnr..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages(BINDING, "org.needlefs.storage.disk..")
                .should()
                .dependOnClassesThat(named("java.lang.foreign.Linker"))
                .check(CLASSES);
    }

    @Test
    void theNamespaceAndTheVfsKnowNoBinding() {
        never("org.needlefs.client.vfs..", resideInAnyPackage(BINDING, COMMAND_LINE));
        never(CLUSTER, resideInAnyPackage("io.grpc..", "ru.serce.jnrfuse.."));
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(COMMAND_LINE)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    @Test
    void everybodyLogsThroughTheFacade() {
        never("org.needlefs..", resideInAnyPackage("java.util.logging..", "ch.qos.logback.."));
    }

    @Test
    void everyPackageIsNullMarked() {
        ArchRule rule = classes()
                .that()
                .resideInAPackage("org.needlefs..")
                .should(new ArchCondition<>("be in a @NullMarked package") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                        events.add(
                                new SimpleConditionEvent(type, marked, type.getPackageName() + " is not @NullMarked"));
                    }
                });
        rule.check(CLASSES);
    }

    private static void never(String from, DescribedPredicate<JavaClass> to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(to)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> named(String name) {
        return DescribedPredicate.describe(name, type -> type.getName().equals(name));
    }
}
