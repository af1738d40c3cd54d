// SPDX-License-Identifier: MIT
// Reading, writing and comparing addresses.
#include <weir/address.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "testing/holdings.hpp"

namespace {

using namespace std::string_view_literals;
using weir::address;
using weir::testing::error_of;

struct reading {
  std::string_view text;
  std::string_view host;  ///< as it is written again
  bool v6;
};

const std::vector<reading> good_hosts = {
    {.text = "192.0.2.1", .host = "192.0.2.1", .v6 = false},
    {.text = "0.0.0.0", .host = "0.0.0.0", .v6 = false},
    {.text = "255.255.255.255", .host = "255.255.255.255", .v6 = false},
    {.text = "127.0.0.1", .host = "127.0.0.1", .v6 = false},
    {.text = "::", .host = "::", .v6 = true},
    {.text = "::1", .host = "::1", .v6 = true},
    {.text = "[::1]", .host = "::1", .v6 = true},
    {.text = "2001:DB8:0:0:0:0:0:1", .host = "2001:db8::1", .v6 = true},
    {.text = "2001:db8::1:0:0:1", .host = "2001:db8::1:0:0:1", .v6 = true},
    {.text = "::ffff:192.0.2.1", .host = "::ffff:192.0.2.1", .v6 = true},
    {.text = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     .host = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     .v6 = true},
    {.text = "fe80::1%999999", .host = "fe80::1%999999", .v6 = true},
    {.text = "[fe80::1%999999]", .host = "fe80::1%999999", .v6 = true},
};

const std::vector<std::string_view> bad_hosts = {"",
                                                 "1.2.3",
                                                 "127.1",
                                                 "1.2.3.4.5",
                                                 "1.2.3.256",
                                                 "1.2.3.-4",
                                                 "0x7f.0.0.1",
                                                 "1",
                                                 "2130706433",
                                                 " 1.2.3.4",
                                                 "1.2.3.4 ",
                                                 "1.2.3.4\n",
                                                 "1.2.3.4%1",
                                                 "1.2..4",
                                                 "localhost",
                                                 "example.org",
                                                 "*",
                                                 "[",
                                                 "]",
                                                 "[]",
                                                 "[::1",
                                                 "::1]",
                                                 "[[::1]]",
                                                 "[1.2.3.4]",
                                                 "[::1]x",
                                                 ":::",
                                                 "1::2::3",
                                                 "12345::1",
                                                 "::g",
                                                 "1:2:3:4:5:6:7",
                                                 "1:2:3:4:5:6:7:8:9",
                                                 "::1%",
                                                 "[::1%]",
                                                 "%1",
                                                 "::1.2.3",
                                                 "1.2.3.4\0"sv,
                                                 "1.2.3.4\0x"sv,
                                                 "\0"sv,
                                                 "::1\0"sv,
                                                 "::1%1\0"sv,
                                                 "[::1\0]"sv};

TEST(Address, ReadsAndWritesAHost) {
  for (const auto& [text, host, v6] : good_hosts) {
    SCOPED_TRACE(text);
    const auto read = address::parse(text, 8080);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->host(), host);
    EXPECT_EQ(read->port(), 8080);
    EXPECT_EQ(read->is_v6(), v6);
    EXPECT_EQ(read->is_v4(), !v6);
    EXPECT_EQ(read->to_string(),
              v6 ? "[" + std::string(host) + "]:8080" : std::string(host) + ":8080");
  }
}

TEST(Address, RefusesWhatIsNoHost) {
  for (const std::string_view text : bad_hosts) {
    EXPECT_EQ(error_of(address::parse(text, 80)), std::errc::invalid_argument)
        << '"' << text << '"';
  }
}

TEST(Address, ReadsWhatItWrites) {
  for (const auto& each : good_hosts) {
    for (const std::uint16_t port : std::array<std::uint16_t, 4>{0, 1, 80, 65535}) {
      const address written = address::parse(each.text, port).value();
      const auto read = address::parse_with_port(written.to_string());
      ASSERT_TRUE(read) << written.to_string();
      EXPECT_EQ(*read, written);
    }
  }
}

TEST(Address, RefusesWhatIsNoHostWithAPort) {
  for (const std::string_view text : {"",
                                      ":",
                                      ":80",
                                      "1.2.3.4",
                                      "1.2.3.4:",
                                      "1.2.3.4:x",
                                      "1.2.3.4:80x",
                                      "1.2.3.4: 80",
                                      "1.2.3.4:+80",
                                      "1.2.3.4:-80",
                                      "1.2.3.4:65536",
                                      "1.2.3.4:99999999999999999999",
                                      "1.2.3.4:0x50",
                                      "1.2.3.4 :80",
                                      "1.2.3.4:80:80",
                                      "::1",
                                      "::1:80",
                                      "2001:db8::1:80",
                                      "[::1]",
                                      "[::1]80",
                                      "[::1]:",
                                      "[::1]x:80",
                                      "[1.2.3.4]:80",
                                      "[]:80",
                                      "::1]:80",
                                      "[::1:80",
                                      "1.2.3:80",
                                      "localhost:80"}) {
    EXPECT_EQ(error_of(address::parse_with_port(text)), std::errc::invalid_argument)
        << '"' << text << '"';
  }
  for (const std::string_view text : {"1.2.3.4:80\0"sv, "1.2.3.4\0:80"sv, "[::1\0]:80"sv}) {
    EXPECT_EQ(error_of(address::parse_with_port(text)), std::errc::invalid_argument);
  }
}

TEST(Address, AZoneIsGivenByNameOrByNumberAndWrittenByName) {
  std::array<char, IF_NAMESIZE> name{};
  ASSERT_NE(::if_indextoname(1, name.data()), nullptr);
  const std::string named = std::string("fe80::1%") + name.data();
  const auto by_name = address::parse(named, 80);
  const auto by_number = address::parse("fe80::1%1", 80);
  ASSERT_TRUE(by_name);
  ASSERT_TRUE(by_number);
  EXPECT_EQ(*by_name, *by_number);
  EXPECT_EQ(by_number->host(), named);
  EXPECT_EQ(by_number->to_string(), "[" + named + "]:80");
  EXPECT_NE(*by_name, address::parse("fe80::1", 80).value());
}

TEST(Address, AZoneThatDoesNotExistIsNoSuchDevice) {
  EXPECT_EQ(error_of(address::parse("fe80::1%nosuch0", 80)), std::errc::no_such_device);
  EXPECT_EQ(error_of(address::parse("fe80::1%99999999999", 80)), std::errc::no_such_device);
  EXPECT_EQ(error_of(address::parse("fe80::1%-1", 80)), std::errc::no_such_device);
  EXPECT_EQ(error_of(address::parse_with_port("[fe80::1%nosuch0]:80")), std::errc::no_such_device);
}

TEST(Address, OneThatIsNoneSaysSo) {
  const address none;
  EXPECT_FALSE(none.is_v4());
  EXPECT_FALSE(none.is_v6());
  EXPECT_EQ(none.port(), 0);
  EXPECT_EQ(none.host(), "none");
  EXPECT_EQ(none.to_string(), "none");
  EXPECT_TRUE(none.native().empty());
  EXPECT_EQ(none, address{});
}

TEST(Address, TwoAreEqualWhenHostPortAndZoneAre) {
  const address v4 = address::parse("192.0.2.1", 80).value();
  EXPECT_EQ(v4, address::parse("192.0.2.1", 80).value());
  EXPECT_NE(v4, address::parse("192.0.2.2", 80).value());
  EXPECT_NE(v4, address::parse("192.0.2.1", 81).value());
  EXPECT_NE(v4, address::parse("::ffff:192.0.2.1", 80).value());
  EXPECT_NE(v4, address{});
  const address v6 = address::parse("2001:db8::1", 80).value();
  EXPECT_EQ(v6, address::parse("[2001:db8:0::1]", 80).value());
  EXPECT_NE(v6, address::parse("2001:db8::2", 80).value());
  EXPECT_NE(v6, address::parse("2001:db8::1", 81).value());
  EXPECT_NE(v6, address::parse("2001:db8::1%1", 80).value());
}

TEST(Address, TakesWhatTheSystemCallsGive) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(443);
  v4.sin_addr.s_addr = htonl(0xC0000201);
  std::memset(v4.sin_zero, 0x55, sizeof v4.sin_zero);  // padding, which the system may leave
  EXPECT_EQ(address::from_native(std::as_bytes(std::span(&v4, 1))).value(),
            address::parse("192.0.2.1", 443).value());

  sockaddr_storage storage{};
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(443);
  v6.sin6_addr = in6addr_loopback;
  std::memcpy(&storage, &v6, sizeof v6);
  EXPECT_EQ(address::from_native(std::as_bytes(std::span(&storage, 1))).value(),
            address::parse("::1", 443).value());
}

TEST(Address, GivesBackWhatItTook) {
  for (const auto& each : good_hosts) {
    const address written = address::parse(each.text, 80).value();
    EXPECT_EQ(written.native().size(), each.v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    EXPECT_EQ(address::from_native(written.native()).value(), written);
  }
}

TEST(Address, RefusesOtherFamiliesAndWhatIsCutShort) {
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_EQ(error_of(address::from_native(std::as_bytes(std::span(&local, 1)))),
            std::errc::address_family_not_supported);
  EXPECT_EQ(error_of(address::from_native({})), std::errc::address_family_not_supported);
  for (const std::string_view text : {"192.0.2.1", "::1"}) {
    const address whole = address::parse(text, 80).value();
    for (std::size_t size = 0; size < whole.native().size(); ++size) {
      EXPECT_EQ(error_of(address::from_native(whole.native().first(size))),
                std::errc::address_family_not_supported);
    }
  }
}

}  // namespace
