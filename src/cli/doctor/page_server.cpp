#include "cli/doctor/page_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>

#include <fmt/format.h>

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t most_bytes = 8192;                 // of a request's head
constexpr auto patience = std::chrono::seconds(2);  // with one visitor

// A socket that listens on the first address of the host that allows it, or -1.
int listen_on(const std::string& host, int port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM, hints.ai_flags = AI_PASSIVE;
  if (getaddrinfo(host.c_str(), fmt::format("{}", port).c_str(), &hints, &found) != 0) return -1;
  int listener = -1;
  for (const addrinfo* a = found; a && listener < 0; a = a->ai_next) {
    const int s = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
    if (s < 0) continue;
    const int yes = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(s, a->ai_addr, a->ai_addrlen) == 0 && listen(s, 16) == 0) listener = s;
    else ::close(s);
  }
  freeaddrinfo(found);
  return listener;
}

int port_of(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

bool wait_for(int socket, short what, Clock::time_point until) {
  pollfd p{socket, what, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return left > 0 && poll(&p, 1, int(left)) == 1;
}

// Up to the empty line; nothing where the visitor is too slow, too long or gone.
std::optional<std::string> read_head(int visitor, Clock::time_point until) {
  std::string head;
  char part[1024];
  while (head.find("\r\n\r\n") == head.npos) {
    if (head.size() > most_bytes || !wait_for(visitor, POLLIN, until)) return {};
    const ssize_t n = recv(visitor, part, sizeof part, MSG_DONTWAIT);
    if (n <= 0) return {};
    head.append(part, size_t(n));
  }
  return head;
}

void send_all(int visitor, std::string_view text, Clock::time_point until) {
  while (!text.empty() && wait_for(visitor, POLLOUT, until)) {
    const ssize_t n = send(visitor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) return;
    text.remove_prefix(size_t(n));
  }
}

}  // namespace

std::unique_ptr<PageServer> PageServer::start(const std::string& host, int port, Pages pages) {
  std::unique_ptr<PageServer> made(new PageServer);
  made->listener_ = listen_on(host, port);
  made->stop_ = eventfd(0, EFD_CLOEXEC);
  if (made->listener_ < 0 || made->stop_ < 0) return nullptr;
  made->port_ = port_of(made->listener_);
  made->pages_ = std::move(pages);
  made->thread_ = std::thread([server = made.get()] { server->serve(); });
  return made;
}

PageServer::~PageServer() {
  const uint64_t one = 1;
  if (thread_.joinable() && write(stop_, &one, sizeof one) == sizeof one) thread_.join();
  for (const int descriptor : {listener_, stop_})
    if (descriptor >= 0) ::close(descriptor);
}

void PageServer::serve() const {
  pollfd both[] = {{listener_, POLLIN, 0}, {stop_, POLLIN, 0}};
  while (true) {
    if (poll(both, 2, -1) < 0) continue;
    if (both[1].revents) return;
    const int visitor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (visitor < 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // no descriptor left: not in a tight loop
      continue;
    }
    answer(visitor);
    ::close(visitor);
  }
}

void PageServer::answer(int visitor) const {
  const auto until = Clock::now() + patience;
  const auto head = read_head(visitor, until);
  if (!head) return;
  const std::string_view line = std::string_view(*head).substr(0, head->find("\r\n"));
  const size_t method_end = line.find(' '), target_end = line.rfind(' ');
  std::string_view status = "200 OK", method = line.substr(0, method_end);
  std::optional<Page> page;
  if (method_end == line.npos || target_end <= method_end || !line.substr(target_end + 1).starts_with("HTTP/1.")) status = "400 Bad Request";
  else if (method != "GET" && method != "HEAD") status = "405 Method Not Allowed";
  else {
    const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
    page = pages_(target.substr(0, target.find('?')));
    if (!page) status = "404 Not Found";
  }
  if (!page) page = Page{"text/plain", fmt::format("{}\n", status)};
  send_all(visitor, fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n{}", status, page->type,
                                page->text.size(), status.starts_with("405") ? "Allow: GET, HEAD\r\n" : "", method == "HEAD" ? "" : page->text), until);
}

}  // namespace pharos
