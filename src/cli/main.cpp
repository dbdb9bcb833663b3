#include <cstdio>
#include <new>

#include "cli/cli.h"

int main(int argc, char** argv) {
  try {
    return pharos::run_command(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::bad_alloc&) {
    std::fputs("[E] [PH0002] out of memory\n", stderr);
    return pharos::exit_failed;
  }
}
