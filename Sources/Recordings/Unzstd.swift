import Glibc

/// Unpacks a zstd file (RFC 8878) as its bytes come in, where the system has the library.
///
/// The library is looked for when the first such file is read, so that Forewarn needs it neither to be
/// built nor to run.
@safe final class Unzstd {
    private typealias Create = @convention(c) () -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer?) -> Int
    private typealias Step =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32

    private let stream: OpaquePointer
    private let free: Free
    private let step: Step
    private let isError: IsError
    private var isInside = true
    /// Whether more may be had without further input.
    private var isFull = false

    /// Starts to unpack; `nil` where there is no library.
    init?() {
        // Never closed: it is wanted again for the next file.
        guard let library = unsafe dlopen("libzstd.so.1", RTLD_NOW),
            let create = unsafe dlsym(library, "ZSTD_createDStream"),
            let free = unsafe dlsym(library, "ZSTD_freeDStream"),
            let step = unsafe dlsym(library, "ZSTD_decompressStream"),
            let isError = unsafe dlsym(library, "ZSTD_isError")
        else { return nil }
        // The types are those of zstd.h, which has kept them since version 1.0.
        let make = unsafe unsafeBitCast(create, to: Create.self)
        guard let stream = unsafe make() else { return nil }
        unsafe self.stream = stream
        unsafe self.free = unsafe unsafeBitCast(free, to: Free.self)
        unsafe self.step = unsafe unsafeBitCast(step, to: Step.self)
        self.isError = unsafe unsafeBitCast(isError, to: IsError.self)
    }

    deinit { _ = unsafe free(stream) }

    /// Whether all that was begun is whole, so that the input may end here.
    var isWhole: Bool { !isInside }

    /// Unpacks from `input` to `output`; see ``Gunzip/unpack(_:from:into:room:)``.
    func unpack(
        _ input: [UInt8], from position: inout Int, into output: inout [UInt8], room: Int
    ) -> Gunzip.Progress {
        let before = output.count
        while output.count == before {
            guard position < input.count || isFull else { return .wantsInput }
            let start = output.count
            output.append(contentsOf: repeatElement(0, count: room))
            // Address, size and position, as ZSTD_inBuffer and ZSTD_outBuffer have them.
            var source: (UnsafeRawPointer?, Int, Int) = (nil, input.count, position)
            var target: (UnsafeMutableRawPointer?, Int, Int) = (nil, room, 0)
            var code = 0
            unsafe input.withUnsafeBytes { from in
                unsafe output.withUnsafeMutableBytes { to in
                    unsafe source.0 = from.baseAddress
                    unsafe target.0 = to.baseAddress.map { unsafe $0 + start }
                    code = unsafe withUnsafeMutableBytes(of: &source) { source in
                        unsafe withUnsafeMutableBytes(of: &target) { target in
                            unsafe step(stream, target.baseAddress, source.baseAddress)
                        }
                    }
                }
            }
            let made = unsafe target.2
            position = unsafe source.2
            output.removeLast(room - made)
            guard isError(code) == 0 else { return .damaged }
            isInside = code != 0
            isFull = isInside && made == room
        }
        return .madeOutput
    }
}
