import ArgumentParser
import FleetReports
import TerminalText
import VehicleFaults

/// `forewarn price-list`
struct PriceListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price-list", abstract: "Show customers what things cost.",
        subcommands: [PriceListExport.self])
}

/// `forewarn price-list export`
struct PriceListExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the price list as a page, a table or data.",
        discussion: """
            Prices stand in prices.csv of the data folder. Estimates name the version of the list \
            that they rest on.
            """)

    @Option(help: "This version of the list; else what is valid at --at.")
    var version: String?

    @Option(help: "What is valid at this time; else now.")
    var at: String?

    @Option(help: ArgumentHelp("The folder with prices.csv.", valueName: "dir"))
    var data: String?

    @Option(name: .short, help: "Output: terminal, md, csv, json or html.")
    var output = ReportCommand.Format.terminal

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let time = try at.map { try Arguments.time($0, "--at") } ?? Arguments.now
        let prices = try ServiceData(folder: data ?? "\(store.folder)/data").prices
        let presentation = style.presentation()
        let document = PriceList(prices).document(version: version, at: time)
        guard !document.sections.isEmpty else {
            throw CommandFailure(
                code: .no,
                message: presentation.words.say("no price is valid then", "当时没有有效价格"),
                hint: prices.isEmpty ? "prices stand in prices.csv of --data" : nil)
        }
        try ReportCommand.write(document, as: output, presentation)
    }
}
