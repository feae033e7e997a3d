package org.needlefs.test.binding;

import org.needlefs.client.binding.FuseMount;
import org.needlefs.client.binding.jnr.JnrFuseMount;

final class JnrBindingIT extends FuseBindingContract {
    @Override
    FuseMount binding() {
        return new JnrFuseMount();
    }
}
