#include "baselines/database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cmath>

#include "catalog/baselines.h"

namespace pharos {
namespace {

constexpr int busy_milliseconds = 10'000;
constexpr int longest_value = 64 << 20;

Report reported(const std::string& path, sqlite3* handle, int code) {
  const std::string reason = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_NOTADB: return {diag::baseline_foreign, {{"path", path}, {"reason", "it is no SQLite file"}}};
    case SQLITE_CORRUPT: return {diag::baseline_damaged, {{"path", path}, {"reason", reason}}};
    default: return {diag::baseline_unusable, {{"path", path}, {"reason", reason}}};
  }
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_, next_++, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int64_t number) {
  sqlite3_bind_int64(statement_, next_++, number);
  return *this;
}

Statement& Statement::bind(std::optional<double> number) {
  if (number) sqlite3_bind_double(statement_, next_, *number);
  ++next_;
  return *this;
}

Statement& Statement::bind_blob(std::span<const std::byte> bytes) {
  if (bytes.empty()) sqlite3_bind_zeroblob(statement_, next_++, 0);  // a null pointer would be NULL
  else sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->failure();
}

Result<void> Statement::run() {
  while (PHAROS_TRY(step())) {}
  return {};
}

std::string Statement::text(int column) const {
  const auto* p = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return p ? std::string(p, size_t(sqlite3_column_bytes(statement_, column))) : std::string();
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<double> Statement::real(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  const double v = sqlite3_column_double(statement_, column);
  return std::isfinite(v) ? std::optional(v) : std::nullopt;
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* p = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {p, p ? size_t(sqlite3_column_bytes(statement_, column)) : 0};
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  struct stat status{};
  const bool there = ::stat(path.c_str(), &status) == 0;
  if (!there && mode != Mode::Create) return Report(diag::baseline_missing, {{"path", path}});
  if (there && !S_ISREG(status.st_mode)) return Report(diag::baseline_foreign, {{"path", path}, {"reason", "it is no regular file"}});
  const int flags = mode == Mode::Create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (code != SQLITE_OK && mode == Mode::Read) {  // a store that others may only read
    sqlite3_close(handle);
    code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  }
  Database database(path, handle);
  if (code != SQLITE_OK) return reported(path, handle, code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, busy_milliseconds);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest_value);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  PHAROS_TRY(database.execute("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON"));
  return database;
}

Database::~Database() { sqlite3_close(handle_); }

Report Database::failure() const { return reported(path_, handle_, sqlite3_errcode(handle_)); }

bool Database::read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), int(sql.size()), &statement, nullptr) != SQLITE_OK) return failure();
  return Statement(*this, statement);
}

Result<void> Database::execute(const char* sql) const {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Result<int64_t> Database::number(std::string_view sql) const {
  Statement s = PHAROS_TRY(prepare(sql));
  const bool row = PHAROS_TRY(s.step());
  return row ? s.integer(0) : 0;
}

int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }

Result<Transaction> Transaction::begin(const Database& database) {
  PHAROS_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  PHAROS_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace pharos
