// A target that only holds a precompiled header needs a source.
