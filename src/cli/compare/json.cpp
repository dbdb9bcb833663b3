#include "base/json.h"
#include "cli/compare/render.h"

namespace pharos {
namespace {

double ms(int64_t ns) { return double(ns) / 1e6; }

void optional(Json& j, std::string_view key, const std::string& text) {
  if (text.empty()) j.key(key).null();
  else j.member(key, text);
}
void optional(Json& j, std::string_view key, const std::optional<double>& value) {
  if (value) j.member(key, *value);
  else j.key(key).null();
}
void names(Json& j, std::string_view key, const std::vector<std::string>& list) {
  j.key(key).begin_array();
  for (const std::string& name : list) j.value(name);
  j.end_array();
}

void side(Json& j, std::string_view key, const Side& s) {
  j.key(key).begin_object().member("label", s.label);
  names(j, "files", s.files);
  optional(j, "command", s.log.command);
  optional(j, "tensorrt", s.log.tensorrt.text());
  optional(j, "device", s.log.device);
  j.member("layers", s.layers.size()).member("profile", s.has_profile).end_object();
}

void split(Json& j, const LatencySplit& s) {
  j.key("latency")
      .begin_object()
      .member("metric", metric_name(s.metric))
      .member("statistic", s.mean ? "mean" : "median");
  j.member("before_ms", ms(s.before_ns)).member("after_ms", ms(s.after_ns)).member("change_ms", ms(s.delta_ns()));
  j.member("change_ns", s.delta_ns()).member("within_scatter", s.within_scatter).key("causes").begin_array();
  for (const CauseTerm& t : s.terms) {
    j.begin_object().member("cause", cause_name(t.cause)).member("ms", ms(t.ns)).member("ns", t.ns);
    if (s.has_shares) j.member("share_percent", double(t.share) / 10);
    else j.key("share_percent").null();
    if (t.cause == Cause::Uniform) j.member("factor", s.factor);
    j.key("layers").begin_array();
    for (const LayerChange& l : t.layers) {
      j.begin_object();
      names(j, "a", l.a);
      names(j, "b", l.b);
      j.member("before_ms", ms(l.before_ns)).member("after_ms", ms(l.after_ns)).member("change_ns", l.ns());
      optional(j, "from", l.from);
      optional(j, "to", l.to);
      j.member("renamed", l.renamed).end_object();
    }
    j.end_array().end_object();
  }
  j.end_array().end_object();
}

}  // namespace

std::string compare_json(const Comparison& c, Language language) {
  Json j(2);
  j.begin_object().member("schema_version", 1).member("headline", headline(c, language));
  side(j, "a", c.a);
  side(j, "b", c.b);
  if (c.split) split(j, *c.split);
  else j.key("latency").null();
  optional(j, "growth_percent", c.growth());
  j.key("changes").begin_array();
  for (const SideChange& change : c.changes) {
    j.begin_object().member("topic", topic_name(change.topic)).member("what", change.what(language));
    optional(j, "before", change.from(language));
    optional(j, "after", change.to(language));
    if (change.before_value || change.after_value) {
      optional(j, "before_value", change.before_value);
      optional(j, "after_value", change.after_value);
      j.member("unit", change.unit);
    }
    if (change.before_ms || change.after_ms) {
      optional(j, "before_ms", change.before_ms);
      optional(j, "after_ms", change.after_ms);
    }
    j.end_object();
  }
  j.end_array().key("notes").begin_array();
  for (const Report& r : c.notes)
    j.begin_object().member("code", r.code()).member("message", r.message(language)).end_object();
  j.end_array().end_object();
  return j.text() + "\n";
}

}  // namespace pharos
