// The floor that an MCP server is measured against: answers every line with a constant one and parses nothing.
#include <string.h>
#include <unistd.h>

int main(void) {
  static char buffer[1 << 16];
  static const char answer[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n";
  ssize_t got;
  while ((got = read(0, buffer, sizeof buffer)) > 0)
    for (char* at = buffer; (at = memchr(at, '\n', (size_t)(buffer + got - at))) != NULL; ++at)
      if (write(1, answer, sizeof answer - 1) < 0) return 1;
  return 0;
}
