#pragma once
// The diagnosis for a terminal: the verdict in one line, causes with evidence and remedy, the rest in short.

#include <string>

#include "findings/finding.h"

namespace pharos {

struct TextOptions {
  Language language = Language::English;
  bool all = false;      // notes and harmless messages in full
  bool color = false;    // ANSI
};

std::string text_report(const Diagnosis& diagnosis, const TextOptions& options);

}  // namespace pharos
