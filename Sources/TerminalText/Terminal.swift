import Glibc

/// What the process can learn of the terminal it writes to.
public enum Terminal {
    /// Whether a file descriptor is a terminal: 0 for input, 1 for output, 2 for errors.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// How many columns the terminal behind a file descriptor has; `nil` for a file or a pipe.
    public static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// A variable of the environment, for ``Painter/init(choice:isTerminal:environment:)``.
    public static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
