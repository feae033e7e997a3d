/** Measures the ways into the kernel, without a filesystem behind them. */
@NullMarked
package org.needlefs.client.bench;

import org.jspecify.annotations.NullMarked;
