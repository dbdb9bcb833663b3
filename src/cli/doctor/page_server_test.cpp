#include "cli/doctor/page_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pharos {
namespace {

// A visitor of 127.0.0.1.
class Visitor {
 public:
  explicit Visitor(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET, to.sin_port = htons(uint16_t(port)), to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~Visitor() { ::close(socket_); }
  void say(std::string_view text) const { EXPECT_EQ(send(socket_, text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size())); }
  std::string hear() const {
    std::string all;
    char part[512];
    for (ssize_t n; (n = recv(socket_, part, sizeof part, 0)) > 0;) all.append(part, size_t(n));
    return all;
  }

 private:
  int socket_;
};

std::unique_ptr<PageServer> server() {
  return PageServer::start("127.0.0.1", 0, [](std::string_view path) -> std::optional<PageServer::Page> {
    if (path != "/a") return {};
    return PageServer::Page{"text/plain", std::string(100000, 'x')};
  });
}

std::string ask(int port, std::string_view request) {
  const Visitor visitor(port);
  visitor.say(request);
  return visitor.hear();
}

TEST(PageServer, AnswersWithThePage) {
  const auto s = server();
  ASSERT_TRUE(s);
  const std::string answer = ask(s->port(), "GET /a?b=c HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer.substr(0, 100);
  EXPECT_NE(answer.find("Content-Length: 100000\r\n"), answer.npos);
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 100000u);
  const std::string head = ask(s->port(), "HEAD /a HTTP/1.0\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 100000\r\n"), head.npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(PageServer, RefusesWhatItDoesNotServe) {
  const auto s = server();
  ASSERT_TRUE(s);
  EXPECT_TRUE(ask(s->port(), "GET /b HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(ask(s->port(), "POST /a HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(ask(s->port(), "hello\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(ask(s->port(), "GET /a\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(ask(s->port(), "GET /a HTTP/1.1\r\nX: " + std::string(9000, 'y')).starts_with("HTTP/1.1 400"));  // a head without an end
}

// Who is silent keeps others waiting for a while, not for ever; ending the server does not wait for visitors to come.
TEST(PageServer, SilentVisitorsAreSentAway) {
  auto s = server();
  ASSERT_TRUE(s);
  const Visitor silent(s->port());
  EXPECT_TRUE(ask(s->port(), "GET /a HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
  s.reset();
}

TEST(PageServer, TakenPortsAreRefused) {
  const auto s = server();
  ASSERT_TRUE(s);
  EXPECT_FALSE(PageServer::start("127.0.0.1", s->port(), {}));
  EXPECT_FALSE(PageServer::start("no.such.host.invalid", 0, {}));
}

}  // namespace
}  // namespace pharos
