/// Named values of packs, and what a site has in their place.
extension RulePackReader {
    /// Takes a site's file.
    mutating func add(parameters root: SourceNode) {
        guard
            let fields = mapping(
                root, what: "a file of parameters", known: ["version", "parameters"],
                required: ["version", "parameters"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            fail(version, "this version of rule files is not known", suggestion: "1")
        }
        guard let list = fields["parameters"] else { return }
        guard !readPack else {
            fail(list, "the site's parameters must be read before the packs")
            return
        }
        guard case .mapping(let pairs) = list.content else {
            fail(list, "\"parameters\" must be a mapping, not \(list.kind)")
            return
        }
        for (key, node) in pairs {
            guard let name = key.text else {
                fail(key, "a key must be a text, not \(key.kind)")
                continue
            }
            guard let value = value(node, unit: nil) else { continue }
            if overrides[name] != nil { fail(key, "\"\(name)\" is given twice") }
            overrides[name] = Parameter(value: value, position: key.position)
        }
    }

    /// Reads a pack's own parameters.
    mutating func readParameters(_ node: SourceNode?, pack: String) {
        parameters = [:]
        usedParameters = []
        guard let node else { return }
        guard case .mapping(let pairs) = node.content else {
            fail(node, "\"params\" must be a mapping, not \(node.kind)")
            return
        }
        for (key, content) in pairs {
            guard let name = key.text, Self.isName(name) else {
                fail(key, "a parameter's name is letters, digits and \"_\", a letter first")
                continue
            }
            guard let parameter = parameter(content, at: key.position) else { continue }
            if parameters[name] != nil { fail(key, "\"\(name)\" is given twice") }
            parameters[name] = parameter
            parameterNames.insert(name)
            if !pack.isEmpty { parameterNames.insert("\(pack).\(name)") }
            override(name, of: pack)
        }
    }

    private mutating func override(_ name: String, of pack: String) {
        guard let own = parameters[name] else { return }
        // What is said of one pack goes before what is said of all.
        for key in ["\(pack).\(name)", name] {
            guard let other = overrides[key] else { continue }
            usedOverrides.insert(key)
            guard own.agrees(with: other.value) else {
                diagnostics.append(
                    Diagnostic(
                        .error, at: other.position,
                        "\"\(key)\" has another unit than in its pack"))
                return
            }
            parameters[name]?.value = other.value
            return
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        let isLetter = { (byte: UInt8) in
            (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
        }
        return isLetter(first)
            && text.utf8.allSatisfy { isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) }
    }

    /// `108 °C`, or a mapping with `value`, `unit` and `note`.
    private mutating func parameter(_ node: SourceNode, at position: SourcePosition) -> Parameter? {
        if node.text != nil {
            return value(node, unit: nil).map { Parameter(value: $0, position: position) }
        }
        guard
            let fields = mapping(
                node, what: "a parameter", known: ["value", "unit", "note"], required: ["value"]),
            let content = fields["value"]
        else { return nil }
        return value(content, unit: fields["unit"]).map {
            Parameter(value: $0, position: position)
        }
    }

    private mutating func value(_ node: SourceNode, unit: SourceNode?) -> Parameter.Value? {
        guard let text = node.text else {
            fail(node, "a parameter's value must be a text, not \(node.kind)")
            return nil
        }
        do throws(ExpressionLexer.Failure) {
            return try Parameter.value(of: unit?.text.map { "\(text) \($0)" } ?? text)
        } catch {
            fail(unit ?? node, error.message, suggestion: error.suggestion)
            return nil
        }
    }
}
