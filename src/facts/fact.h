#pragma once
// A fact is something that a message tells and that findings and reports want to know: one file per family,
// facts/<family>.cpp, with `define_<family>(FactSet&)`.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "facts/log_model.h"
#include "logs/event.h"

namespace re2 { class RE2; }

namespace pharos {

// Reads lines one by one after the message that started it (a table, a dump) until it says that it has enough.
class Collector {
 public:
  virtual ~Collector() = default;
  // Whether it wants the next line too. The line on which it stops is read by everybody else as well.
  virtual bool line(const LogEvent& event, LogModel& model) = 0;
};

struct FactMatch {
  const LogEvent& event;
  std::vector<std::string_view> groups;  // of the pattern, group 1 first
  // Cut where a hostile log makes it long; groups[i] is whole.
  std::string_view operator[](size_t i) const { return i < groups.size() ? groups[i].substr(0, max_fact_text) : std::string_view(); }
};

struct Fact {
  std::string_view name;
  std::string_view literal;                                  // must stand in the line, ASCII case ignored; see Prefilter
  std::string_view pattern;                                  // RE2 over the message, unanchored; may be empty
  void (*take)(const FactMatch&, LogModel&) = nullptr;
  std::unique_ptr<Collector> (*collect)(const FactMatch&, LogModel&) = nullptr;
  bool starts_run = false;                                   // a new build or run begins with this message
  bool (*run_is_over)(const LogModel&) = nullptr;            // with starts_run: only where this holds for the run so far
};

class FactSet {
 public:
  FactSet();
  FactSet(FactSet&&) noexcept;
  ~FactSet();
  void add(Fact fact);
  const std::vector<Fact>& all() const { return facts_; }
  // Runs fact `index` on the event; the collector that it started, if it did.
  std::unique_ptr<Collector> apply(size_t index, const LogEvent& event, LogModel& model) const;
  bool matches(size_t index, const LogEvent& event) const;

 private:
  std::vector<Fact> facts_;
  std::vector<std::unique_ptr<re2::RE2>> patterns_;
};

FactSet builtin_facts();  // generated

// Numbers as logs print them; 0 where there is none.
double number_of(std::string_view text);
// "720MB", "1.5 GiB", "2.1GB", "1290442752": bytes. Without a unit `otherwise` is the unit's size.
double bytes_of(std::string_view text, double otherwise = 1);
// 8205 -> 8.2.5, 100400 -> 10.4.0, "8.6.1.6" -> 8.6.1.
Version version_of(std::string_view text);

}  // namespace pharos
