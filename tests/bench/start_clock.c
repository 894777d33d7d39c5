// Stands in for the CLI where only the moment of its start is measured: appends CLOCK_MONOTONIC in nanoseconds to
// /state/started and ends like a turn that did nothing. With --print-only it prints the moment instead.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char** arguments) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  char text[64];
  const int size = snprintf(text, sizeof text, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
  if (count > 1 && strcmp(arguments[1], "--print-only") == 0) return write(1, text, (size_t)size) == size ? 0 : 1;
  const int file = open("/state/started", O_WRONLY | O_CREAT | O_APPEND, 0660);
  if (file < 0 || write(file, text, (size_t)size) != size) return 1;
  static const char result[] =
      "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":false,\"terminal_reason\":\"completed\",\"result\":\"\","
      "\"session_id\":\"00000000-0000-0000-0000-000000000000\",\"num_turns\":1,\"total_cost_usd\":0,\"usage\":{}}\n";
  return write(1, result, sizeof result - 1) > 0 ? 0 : 1;
}
