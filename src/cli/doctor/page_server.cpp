#include "cli/doctor/page_server.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

namespace pharos {
namespace {

constexpr int most_head_bytes = 8192, most_body_bytes = 4096;
constexpr int patience_seconds = 2;  // with a visitor who says nothing

template <auto release>
struct Release {
  template <class T>
  void operator()(T* p) const { release(p); }
};

int port_of(evutil_socket_t listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

void answer(evhttp_request* request, void* pages) {
  evkeyvalq* headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Connection", "close");
  const evhttp_cmd_type method = evhttp_request_get_command(request);
  if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
    evhttp_add_header(headers, "Allow", "GET, HEAD");
    return evhttp_send_error(request, HTTP_BADMETHOD, nullptr);
  }
  const evhttp_uri* uri = evhttp_request_get_evhttp_uri(request);
  const char* path = uri ? evhttp_uri_get_path(uri) : nullptr;
  const auto page = path ? (*static_cast<const PageServer::Pages*>(pages))(path) : std::nullopt;
  if (!page) return evhttp_send_error(request, HTTP_NOTFOUND, nullptr);
  evhttp_add_header(headers, "Content-Type", page->type.c_str());
  evhttp_add_header(headers, "Content-Length", std::to_string(page->text.size()).c_str());
  if (method == EVHTTP_REQ_GET) evbuffer_add(evhttp_request_get_output_buffer(request), page->text.data(), page->text.size());
  evhttp_send_reply(request, HTTP_OK, "OK", nullptr);
}

}  // namespace

struct PageServer::State {
  Pages pages;
  int stop = eventfd(0, EFD_CLOEXEC), port = 0;
  std::unique_ptr<event_base, Release<event_base_free>> base{event_base_new()};
  std::unique_ptr<evhttp, Release<evhttp_free>> http{base ? evhttp_new(base.get()) : nullptr};
  std::unique_ptr<event, Release<event_free>> stopped{base ? event_new(base.get(), stop, EV_READ, &State::end, base.get()) : nullptr};
  std::thread thread;

  ~State() {
    const uint64_t one = 1;
    if (thread.joinable() && write(stop, &one, sizeof one) == sizeof one) thread.join();
    if (stop >= 0) ::close(stop);
  }
  static void end(evutil_socket_t, short, void* base) { event_base_loopbreak(static_cast<event_base*>(base)); }
};

std::unique_ptr<PageServer> PageServer::start(const std::string& host, int port, Pages pages) {
  event_set_log_callback([](int, const char*) {});  // the caller's message has a code, libevent's own lines have none
  auto state = std::make_unique<State>();
  evhttp* http = state->http.get();
  if (state->stop < 0 || !http || !state->stopped || event_add(state->stopped.get(), nullptr) != 0) return nullptr;
  state->pages = std::move(pages);
  evhttp_set_max_headers_size(http, most_head_bytes);
  evhttp_set_max_body_size(http, most_body_bytes);
  evhttp_set_timeout(http, patience_seconds);
  evhttp_set_gencb(http, answer, &state->pages);
  evhttp_bound_socket* bound = evhttp_bind_socket_with_handle(http, host.c_str(), uint16_t(port));
  if (!bound) return nullptr;
  state->port = port_of(evhttp_bound_socket_get_fd(bound));
  // From here on only the thread touches libevent's objects, until it has ended.
  state->thread = std::thread([base = state->base.get()] { event_base_dispatch(base); });
  return std::unique_ptr<PageServer>(new PageServer(std::move(state)));
}

PageServer::PageServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

PageServer::~PageServer() = default;

int PageServer::port() const { return state_->port; }

}  // namespace pharos
