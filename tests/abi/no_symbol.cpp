extern "C" __attribute__((visibility("default"))) const int something_else = 1;
