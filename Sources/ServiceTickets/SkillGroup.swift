/// What skill groups are called: those of the shipped rules and failure modes, whose ids are stored.
public enum SkillGroup {
    private static let names: [String: (en: String, zh: String)] = [
        "ENG": ("Engine", "发动机"), "AFT": ("Aftertreatment", "后处理"),
        "ELE": ("Electrics", "电气"), "HV": ("High voltage", "高压"),
        "TRX": ("Transmission", "传动"), "CHS": ("Chassis", "底盘"),
        "DIA": ("Diagnosis", "诊断"), "GEN": ("General", "普通维修"),
    ]

    /// Its name in both languages, or `nil` for a group of the site's own.
    public static func name(of id: String) -> (en: String, zh: String)? { names[id] }
}
