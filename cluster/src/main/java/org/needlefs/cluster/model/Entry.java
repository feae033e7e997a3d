package org.needlefs.cluster.model;

/**
 * One entry of a directory listing.
 *
 * @param cookie where a listing goes on behind this entry; stays valid while entries come and go, and across restarts
 */
public record Entry(Name name, long cookie, Attributes attributes) {}
