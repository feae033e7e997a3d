package org.needlefs.client.admin;

/** What can be asked of a node, wherever the question comes from. */
public sealed interface AdminCommand {
    /** How it is: mounts, space, background work. */
    record Status() implements AdminCommand {}

    /** Counters and latencies since the start. */
    record Stats() implements AdminCommand {}

    /**
     * The space that a path and all below it take.
     *
     * @param path absolute, seen from the filesystem's root
     */
    record DiskUsage(String path) implements AdminCommand {}

    /** Checks every invariant of the tree and of what it refers to; {@code repair} mends what can be mended. */
    record Fsck(boolean repair) implements AdminCommand {}

    /** Deletes objects that nobody refers to; {@code dryRun} only counts them. */
    record Gc(boolean dryRun) implements AdminCommand {}

    /** Reads all bodies and compares checksums. */
    record Scrub(Action action) implements AdminCommand {}

    /** Rewrites segments that are mostly garbage. */
    record Compact(Action action) implements AdminCommand {}

    /** Flushes, unmounts and ends the process that serves the mount. */
    record Unmount() implements AdminCommand {}

    /** What to do about work in the background. */
    enum Action {
        START,
        SUSPEND,
        RESUME,
        STATUS
    }
}
