package org.needlefs.test.posix;

import java.nio.file.Path;
import org.needlefs.test.system.ErrorNumber;
import org.needlefs.test.system.Flags;
import org.needlefs.test.system.LinuxCalls;
import org.needlefs.test.system.Programs;

/** Another process that asks who holds a stretch of a file and tries to lock it: fcntl locks are between processes. */
final class LockProbe {
    private LockProbe() {}

    static String run(Path file, long start, long size) {
        return Programs.in(Path.of("/"))
                .run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LockProbe.class.getName(),
                        file.toString(),
                        Long.toString(start),
                        Long.toString(size));
    }

    public static void main(String[] arguments) {
        LinuxCalls calls = LinuxCalls.below("/");
        long start = Long.parseLong(arguments[1]);
        long size = Long.parseLong(arguments[2]);
        int file = calls.opened(arguments[0], Flags.O_RDWR, 0);
        long held = calls.lock(file, Flags.F_GETLK, Flags.F_WRLCK, start, size);
        long granted = calls.lock(file, Flags.F_SETLK, Flags.F_WRLCK, start, size);
        String answer = granted == 0
                ? "granted"
                : "refused " + ErrorNumber.show(granted).substring(1);
        System.out.println("held " + held + " " + answer);
    }
}
