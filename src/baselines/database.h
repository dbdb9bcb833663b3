#pragma once
// SQLite with Result instead of codes to check. Text and numbers from a file are not trusted: schemas run no code.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pharos {

class Database;

class Statement {
 public:
  Statement(Statement&& o) noexcept : database_(o.database_), statement_(std::exchange(o.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::string_view text);
  Statement& bind(int64_t number);
  Statement& bind(std::optional<double> number);  // nothing becomes NULL
  Statement& bind_blob(std::span<const std::byte> bytes);
  // Whether there is a row.
  Result<bool> step();
  Result<void> run();  // to the end

  std::string text(int column) const;
  int64_t integer(int column) const;
  std::optional<double> real(int column) const;   // finite, or nothing
  std::span<const std::byte> blob(int column) const;  // until the next step

 private:
  friend class Database;
  Statement(const Database& database, sqlite3_stmt* statement) : database_(&database), statement_(statement) {}
  const Database* database_;
  sqlite3_stmt* statement_;
  int next_ = 1;
};

class Database {
 public:
  enum class Mode : uint8_t { Read, Write, Create };
  // PH9051 missing, PH9052 no SQLite file, PH9054 damaged, PH9055 not to be opened.
  static Result<Database> open(const std::string& path, Mode mode);
  Database(Database&& o) noexcept : path_(std::move(o.path_)), handle_(std::exchange(o.handle_, nullptr)) {}
  Database& operator=(Database&&) = delete;
  ~Database();

  Result<Statement> prepare(std::string_view sql) const;
  Result<void> execute(const char* sql) const;
  Result<int64_t> number(std::string_view sql) const;  // of the first row
  int64_t last_row() const;
  const std::string& path() const { return path_; }
  Report failure() const;  // of the last call
  bool read_only() const;

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  std::string path_;
  sqlite3* handle_;
};

// Rolled back unless it is committed. Takes the writer's place at once, so that what it reads stays true until it writes.
class Transaction {
 public:
  static Result<Transaction> begin(const Database& database);
  Transaction(Transaction&& o) noexcept : database_(std::exchange(o.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(const Database& d) : database_(&d) {}
  const Database* database_;
};

}  // namespace pharos
