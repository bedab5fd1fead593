#pragma once

#include <string>
#include <vector>

namespace network {

// Whether somebody answers at a port: a connection, or also the answer of an HTTP server (200 to
// 399), which is plain HTTP/1.1 without redirections followed.
struct Question {
  bool is_http = false;
  std::string host;
  std::string port;
  std::string path = "/";
  std::vector<std::string> headers;  // "Name: value"
};

// Asks from the network that we are in, waiting as long as it takes; what was learnt is written to
// `out` as a line. Does not throw.
bool ask(const Question& question, int out);

// The request that is sent, and what an answer that begins like this comes to: 0 when it is none.
std::string request_text(const Question& question);
int status_of(const std::string& answer);

}  // namespace network
