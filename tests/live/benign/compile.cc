// SPDX-License-Identifier: Apache-2.0
// Takes a compiler some seconds.
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <string>

int main()
{
	std::map<std::string, std::function<bool(const std::string &)>> checks;

	checks["word"] = [](const std::string &text) {
		return std::regex_match(text, std::regex("[a-z]+"));
	};
	for (const auto &check : checks)
		std::cout << check.first << check.second("a") << "\n";
}
