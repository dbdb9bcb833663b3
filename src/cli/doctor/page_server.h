#pragma once
// Serves a few pages of text to whoever asks over HTTP: GET and HEAD, one request a connection.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pharos {

class PageServer {
 public:
  struct Page { std::string type, text; };
  // The page of a path, or nothing: 404. Called from the server's thread.
  using Pages = std::function<std::optional<Page>(std::string_view path)>;

  // Port 0: any free one. nullptr: the address cannot be listened on.
  static std::unique_ptr<PageServer> start(const std::string& host, int port, Pages pages);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;
  int port() const;

 private:
  struct State;
  explicit PageServer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace pharos
