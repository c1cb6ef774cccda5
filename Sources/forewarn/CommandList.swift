import ArgumentParser

/// Commands by name, of which a program that was called by one of them is given that one alone: to make
/// all the others ready takes longer than what most commands do.
struct CommandList: Sendable {
    /// A command that is not looked at before it is wanted.
    struct Entry: Sendable {
        let name: String
        let type: @Sendable () -> any ParsableCommand.Type

        init(
            _ name: String, _ type: @escaping @autoclosure @Sendable () -> any ParsableCommand.Type
        ) {
            self.name = name
            self.type = type
        }
    }

    let entries: [Entry]

    /// What can be called after `words`, the names of the commands above: one, where `arguments` go on
    /// with its name, and else all, so that help and messages know of each.
    ///
    /// - Parameter arguments: those that the program was called with, without its own name.
    func commands(
        after words: [String] = [],
        of arguments: ArraySlice<String> = CommandLine.arguments.dropFirst()
    ) -> [any ParsableCommand.Type] {
        let rest = arguments.dropFirst(words.count)
        if arguments.starts(with: words), let name = rest.first,
            let entry = entries.first(where: { $0.name == name && !$0.speaksOfAll })
        {
            return [entry.type()]
        }
        let all = entries.map { $0.type() }
        assert(
            all.map { $0._commandName } == entries.map(\.name),
            "a command is listed under another name")
        return all
    }
}

extension CommandList.Entry {
    /// Whether this command tells of all others.
    fileprivate var speaksOfAll: Bool { name == CompletionCommand._commandName }
}
