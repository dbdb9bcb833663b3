// Logs and the JSON files beside them, as a command line names them.

#include <algorithm>
#include <optional>

#include "catalog/doctor.h"
#include "exports/export.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

struct Group {
  std::unique_ptr<Examination> log;
  std::string log_name;
  std::optional<Report> remark;    // a fault of the log behind its first line
  bool unreadable = false;         // its log was named, and cannot be read
  std::vector<Export> exports;
  bool has(ExportKind kind) const {
    return std::any_of(exports.begin(), exports.end(), [&](const Export& e) { return e.kind() == kind; });
  }
};

Result<void> read_log(const Doctor& doctor, ByteSource& source, const std::string& name, Group& group) {
  group.log = std::make_unique<Examination>(doctor, name);
  group.log_name = name;
  // What was read before a fault is still worth a diagnosis; the fault becomes a remark.
  const auto read = group.log->read(source);
  const bool nothing = group.log->bytes() == 0;
  if (!read && nothing) return read.error();
  if (!read) group.remark = read.error();
  return {};
}

Result<Diagnosis> concluded(const Doctor& doctor, Group& group) {
  const bool alone = !group.log;
  if (alone) group.log = std::make_unique<Examination>(doctor, group.exports.front().path);
  else group.log->settle();
  for (const Export& e : group.exports) group.log->attach(e);
  Diagnosis d = group.log->finish();
  if (!alone && d.lines == 0) return Report(diag::log_empty, {{"path", group.log_name}});
  if (alone) d.files.erase(d.files.begin());  // it stands there once more, as the export that it is
  for (const Export& e : group.exports) {
    d.lines += e.lines;
    d.bytes += e.bytes;
  }
  if (group.remark) d.remarks.push_back(std::move(*group.remark));
  return d;
}

}  // namespace

std::vector<Diagnosis> Doctor::examine_files(std::span<const std::string> paths, std::vector<Report>& unreadable) const {
  std::vector<Group> groups;
  const auto add = [&](const std::string& path) -> Result<void> {
    auto opened = open_input(path);
    if (opened && opened->kind) {
      Export e = PHAROS_TRY(read_export(*opened));
      if (groups.empty() || groups.back().has(e.kind())) groups.emplace_back();
      groups.back().exports.push_back(std::move(e));
      return {};
    }
    const bool awaited = groups.size() == 1 && !groups.back().log && !groups.back().unreadable;  // its exports came first
    if (!awaited) groups.emplace_back();
    groups.back().unreadable = true;  // until it was: what is named behind it must not go to the log before it
    if (!opened) return opened.error();
    PHAROS_TRY(read_log(*this, *opened->source, opened->name, groups.back()));
    groups.back().unreadable = false;
    return {};
  };
  for (const std::string& path : paths) {
    if (auto added = add(path); !added) unreadable.push_back(added.error());
  }
  std::vector<Diagnosis> out;
  for (Group& group : groups) {
    if (group.unreadable) group.log.reset();  // its exports stand alone
    if (group.log || !group.exports.empty()) {
      auto diagnosis = concluded(*this, group);
      if (diagnosis) out.push_back(std::move(*diagnosis));
      else unreadable.push_back(diagnosis.error());
    }
    group = Group{};
  }
  return out;
}

Result<std::vector<Diagnosis>> Doctor::examine_files(std::span<const std::string> paths) const {
  std::vector<Report> unreadable;
  std::vector<Diagnosis> out = examine_files(paths, unreadable);
  if (!unreadable.empty()) return unreadable.front();
  return out;
}

Result<Diagnosis> Doctor::examine(ByteSource& source, const std::string& name) const {
  Group group;
  PHAROS_TRY(read_log(*this, source, name, group));
  return concluded(*this, group);
}

Result<Diagnosis> Doctor::examine_file(const std::string& path) const {
  auto all = PHAROS_TRY(examine_files({&path, 1}));
  return std::move(all.front());
}

}  // namespace pharos
