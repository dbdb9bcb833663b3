#include "cli/sinks/json_sink.h"

#include "base/json.h"

namespace pharos {

std::string record_json(const Record& record, Language language) {
  const Diagnostic& d = record.report.diagnostic();
  const std::string_view phase = is_build_stage(record.stage) ? "build" : is_run_stage(record.stage) ? "run" : "";
  Json j;
  j.begin_object();
  j.member("time", utc_time(record.time)).member("severity", severity_name(record.severity));
  j.member("phase", phase).member("stage", stage_name(record.stage)).member("layer", record.layer);
  j.member("code", d.code).member("slug", d.slug);
  j.key("arguments").begin_object();
  for (const auto& [name, value] : record.report.arguments()) j.member(name, value);
  j.end_object().key("context").begin_array();
  for (const std::string& place : record.report.context()) j.value(place);
  j.end_array().member("message", record.report.message(language)).end_object();
  return j.text();
}

JsonSink::JsonSink(const std::string& path, Language language)
    : file_(path == "-" ? stderr : std::fopen(path.c_str(), "ae")), language_(language) {}

JsonSink::~JsonSink() {
  if (file_ && file_ != stderr) std::fclose(file_);
}

void JsonSink::write(const Record& record) {
  const std::string line = record_json(record, language_) + "\n";
  std::fwrite(line.data(), 1, line.size(), file_);
  std::fflush(file_);
}

}  // namespace pharos
