// A target that only holds a precompiled header needs a source, and a program its main.
int main() {
  return 0;
}
