package org.needlefs.test.binding;

import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.kernel.KernelMount;

final class KernelContractIT extends FuseBindingContract {
    @Override
    FuseMount binding() {
        return new KernelMount();
    }
}
