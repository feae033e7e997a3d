package org.needlefs.client.binding.jnr;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Closure;
import com.kenai.jffi.ClosureManager;
import com.kenai.jffi.Type;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * libfuse 2.9's {@code struct fuse_lowlevel_ops}: a table of C functions that libfuse calls, each leading to a
 * {@link Handler}. A place that stays empty is answered ENOSYS by libfuse, and the kernel does not ask again.
 *
 * <p>Threading: filled by one thread before the session starts. The functions go with {@link #close}, after the session.
 */
final class OperationTable implements AutoCloseable {
    static final long SIZE_BYTES = Slot.COUNT * (long) Long.BYTES;

    private final MemorySegment functions;
    private final List<Closure.Handle> handles = new ArrayList<>();

    OperationTable(Arena memory) {
        functions = memory.allocate(ValueLayout.JAVA_LONG, Slot.COUNT);
    }

    long address() {
        return functions.address();
    }

    /** Lets requests of the kind {@code slot} be answered by {@code handler}. */
    void set(Slot slot, Handler handler) {
        install(
                slot.index(),
                arguments -> SessionThread.current().serve(slot.operation(), handler, arguments),
                slot.types());
    }

    /**
     * Lets {@code connected}, which must not throw, see the address of {@code struct fuse_conn_info} once the kernel and
     * libfuse have agreed on a protocol.
     */
    void setInit(LongConsumer connected) {
        install(Slot.INIT_INDEX, arguments -> connected.accept(arguments.getAddress(1)), Type.POINTER, Type.POINTER);
    }

    private void install(int index, Closure closure, Type... types) {
        CallContext context = CallContext.getCallContext(Type.VOID, types, CallingConvention.DEFAULT, false);
        Closure.Handle handle = ClosureManager.getInstance().newClosure(closure, context);
        handles.add(handle);
        functions.setAtIndex(ValueLayout.JAVA_LONG, index, handle.getAddress());
    }

    @Override
    public void close() {
        handles.forEach(Closure.Handle::dispose);
        handles.clear();
    }
}
