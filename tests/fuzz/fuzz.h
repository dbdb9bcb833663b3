#pragma once
// A fuzz target is a file NAME_fuzz.cpp with these two functions. With clang and libFuzzer it needs no driver.

#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// Inputs to start from besides those in the corpus folder.
std::vector<std::vector<uint8_t>> fuzz_seeds();
