extension Evidence {
    /// What kind of evidence this is, whatever it says: `code P0301`, `signal coolant_c`, `silence`.
    public var kind: String {
        switch content {
        case .code(let code, _): "code \(code)"
        case .reading(let signal, _): "signal \(signal)"
        case .statistic(let name, let signal, _, _, _): "\(name) \(signal)"
        case .trend(let found): "\(found.kind) \(found.subject)"
        case .silence: "silence"
        }
    }
}
