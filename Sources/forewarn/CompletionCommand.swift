import ArgumentParser

/// `forewarn completion bash|zsh|fish`
struct CompletionCommand: ParsableCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Write a completion script for a shell.",
        discussion: "For instance: forewarn completion bash > /etc/bash_completion.d/forewarn")

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let known: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try Output.write(Forewarn.completionScript(for: known) + "\n")
    }
}
