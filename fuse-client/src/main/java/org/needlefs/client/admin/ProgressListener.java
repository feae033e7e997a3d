package org.needlefs.client.admin;

/** Is told how far long work has come; often, so it must be quick, and it may ignore most calls. */
@FunctionalInterface
public interface ProgressListener {
    ProgressListener NONE = _ -> {};

    void progress(AdminAnswer.Progress progress);
}
