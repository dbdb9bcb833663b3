#pragma once
// Serves a few pages of text to whoever asks over HTTP: GET and HEAD, one request a connection, one visitor at a time. A
// library for it would bring TLS and compression into every process, 4 MiB that no other command needs.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

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
  int port() const { return port_; }

 private:
  PageServer() = default;
  void serve() const;
  void answer(int visitor) const;

  Pages pages_;
  int listener_ = -1, stop_ = -1, port_ = 0;
  std::thread thread_;
};

}  // namespace pharos
