package org.needlefs.client.crash;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.needlefs.cluster.FileSystem;
import org.needlefs.cluster.model.AttributeChange;
import org.needlefs.cluster.model.Attributes;
import org.needlefs.cluster.model.Chunk;
import org.needlefs.cluster.model.Extent;
import org.needlefs.cluster.model.FsException;
import org.needlefs.cluster.model.Inode;
import org.needlefs.cluster.model.Name;
import org.needlefs.cluster.model.NewNode;
import org.needlefs.cluster.model.NodeKind;
import org.needlefs.cluster.model.Write;
import org.needlefs.cluster.object.ObjectClient;
import org.needlefs.storage.disk.SimulatedPower;

/**
 * Stands before a namespace and writes its history down: works out by itself what each command leads to.
 * Threading: any; commands happen one after the other.
 */
final class RecordingFileSystem {
    private final FileSystem target;
    private final ObjectClient objects;
    private final SimulatedPower power;
    private final History history;

    private RecordingFileSystem(FileSystem target, ObjectClient objects, SimulatedPower power, History history) {
        this.target = target;
        this.objects = objects;
        this.power = power;
        this.history = history;
    }

    static FileSystem of(FileSystem target, ObjectClient objects, SimulatedPower power, History history) {
        RecordingFileSystem recording = new RecordingFileSystem(target, objects, power, history);
        return (FileSystem) Proxy.newProxyInstance(
                FileSystem.class.getClassLoader(),
                new Class<?>[] {FileSystem.class},
                (proxy, method, arguments) -> recording.invoke(method, arguments == null ? new Object[0] : arguments));
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "sync" -> sync(method, arguments);
            case "make",
                    "makeOrphan",
                    "link",
                    "unlink",
                    "removeDirectory",
                    "rename",
                    "release",
                    "setAttributes",
                    "write",
                    "replaceExtents" -> change(method, arguments);
            case "shareExtents", "allocate", "setXattr", "removeXattr" ->
                throw new AssertionError("the history knows nothing of " + method.getName());
            default -> call(method, arguments);
        };
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private Object sync(Method method, Object[] arguments) throws Throwable {
        synchronized (history) {
            int index = history.lastIndex();
            Object answer = call(method, arguments);
            history.syncedUpTo(index);
            return answer;
        }
    }

    private Object change(Method method, Object[] arguments) throws Throwable {
        synchronized (history) {
            Tree after = after(history.last(), method.getName(), arguments);
            try {
                Object answer = call(method, arguments);
                history.add(method.getName().equals("make") ? made(arguments, (Attributes) answer) : after);
                return answer;
            } catch (IOException failed) {
                if (power.isOff()) {
                    history.begin(after);
                } else if (!(failed instanceof FsException)) {
                    history.add(after);
                }
                throw failed;
            }
        }
    }

    private Tree made(Object[] arguments, Attributes answer) {
        Tree tree = history.last();
        return tree.with(
                tree.path((Inode) arguments[0], (Name) arguments[1]),
                fresh(answer.kind(), answer.inode().value()));
    }

    private static Tree.Node fresh(NodeKind kind, long inode) {
        return kind == NodeKind.DIRECTORY ? Tree.Node.directory(inode) : Tree.Node.file(inode, new byte[0]);
    }

    private Tree after(Tree tree, String command, Object[] arguments) throws IOException {
        return switch (command) {
            case "make" -> tree.with(path(tree, arguments, 0), fresh(((NewNode) arguments[2]).kind(), 0));
            case "link" -> {
                String present = tree.path((Inode) arguments[0]).orElseThrow();
                yield tree.with(path(tree, arguments, 1), tree.at(present).orElseThrow());
            }
            case "unlink", "removeDirectory" -> tree.without(path(tree, arguments, 0));
            case "rename" -> tree.moved(path(tree, arguments, 0), path(tree, arguments, 2));
            case "setAttributes" -> {
                OptionalLong size = ((AttributeChange) arguments[1]).sizeBytes();
                yield size.isEmpty()
                        ? tree
                        : tree.changed((Inode) arguments[0], bytes -> Arrays.copyOf(bytes, (int) size.getAsLong()));
            }
            case "write" -> written(tree, (Inode) arguments[0], (Write) arguments[1], (Long) arguments[2]);
            default -> tree;
        };
    }

    private static String path(Tree tree, Object[] arguments, int parentIndex) {
        return tree.path((Inode) arguments[parentIndex], (Name) arguments[parentIndex + 1]);
    }

    private Tree written(Tree tree, Inode inode, Write write, long sizeAtLeastBytes) throws IOException {
        if (tree.path(inode).isEmpty()) {
            return tree;
        }
        return switch (write) {
            case Write.Whole(byte[] bytes) -> tree.changed(inode, ignored -> bytes);
            case Write.Extents extents -> {
                byte[] before =
                        tree.at(tree.path(inode).orElseThrow()).orElseThrow().bytes();
                byte[] after = Arrays.copyOf(before, (int) Math.max(before.length, sizeAtLeastBytes));
                for (Chunk chunk : extents.chunks()) {
                    for (Extent extent : chunk.extents()) {
                        lay(chunk.index() * target.geometry().chunkSizeBytes(), extent, after);
                    }
                }
                yield tree.changed(inode, ignored -> after);
            }
        };
    }

    private void lay(long chunkAtBytes, Extent extent, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(extent.sizeBytes());
        objects.read(extent.object(), extent.objectOffsetBytes(), bytes);
        int at = (int) chunkAtBytes + extent.chunkOffsetBytes();
        int count = Math.clamp(content.length - at, 0, extent.sizeBytes());
        System.arraycopy(bytes.array(), 0, content, at, count);
    }
}
