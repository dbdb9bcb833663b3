#include "cli/cli.h"

int main(int argc, char** argv) { return pharos::run_command(std::vector<std::string>(argv + 1, argv + argc)); }
