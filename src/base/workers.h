#pragma once
// The process's helper threads. CPUs belong to the process as a whole, so there is one set of helpers for all engines and
// contexts: that is why this one thing is global.
//
// A caller splits its work into parts, works on them itself, and helpers that have nothing else to do take parts as well.
// Nobody is waited for who has not taken a part: where the system runs a helper late, or the CPUs are busy with other
// callers, the caller simply does all of it. Helpers look for work for a short while before they sleep, so that the steps of
// a run follow each other without wake-ups; where as many callers are at work as there are CPUs, helpers sleep at once.

#include <cstdint>

namespace pharos {

class Workers {
 public:
  static constexpr int most_parts = 1024;

  // Calls call(body, part) for every part in [0, parts); returns when all are done. From any thread, nested too.
  static void run(int parts, void (*call)(void*, int), void* body);

  // While one lives, the calling thread counts as working: helpers do not compete with it for a CPU.
  class Busy {
   public:
    Busy();
    ~Busy();
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
  };
};

}  // namespace pharos
