using System.Runtime.InteropServices;

namespace DToC.Conformance;

/// <summary>
/// Breaks the promise that acknowledged means durable, from outside: from now on every connection this process opens
/// has <c>synchronous=OFF</c>, and what would turn it on again is not carried out. SQLite then never syncs a file.
/// </summary>
internal static class UnsyncedLog
{
    private const string Library = "e_sqlite3";
    private const int Ok = 0; // SQLITE_OK
    private const int Ignore = 2; // SQLITE_IGNORE
    private const int Pragma = 19; // SQLITE_PRAGMA

    // Kept, since SQLite calls them as long as the process lives.
    private static readonly Opened OnOpened = SwitchOff;
    private static readonly Asked OnAsked = Decide;

    private delegate int Opened(nint database, nint message, nint routines);

    private delegate int Asked(nint context, int action, nint first, nint second, nint schema, nint trigger);

    /// <summary>Before SQLite's first use in this process.</summary>
    public static void Begin()
    {
        var result = sqlite3_auto_extension(Marshal.GetFunctionPointerForDelegate(OnOpened));
        if (result != Ok) throw new InvalidOperationException($"SQLite takes no extension: {result}.");
    }

    private static int SwitchOff(nint database, nint message, nint routines)
    {
        var result = sqlite3_exec(database, "PRAGMA synchronous=OFF", 0, 0, 0);
        if (result != Ok) return result;
        return sqlite3_set_authorizer(database, Marshal.GetFunctionPointerForDelegate(OnAsked), 0);
    }

    private static int Decide(nint context, int action, nint first, nint second, nint schema, nint trigger) =>
        action == Pragma && Marshal.PtrToStringUTF8(first) == "synchronous" ? Ignore : Ok;

    [DllImport(Library, ExactSpelling = true)]
    private static extern int sqlite3_auto_extension(nint entryPoint);

    [DllImport(
        Library, ExactSpelling = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int sqlite3_exec(
        nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string sql, nint callback, nint context, nint message);

    [DllImport(Library, ExactSpelling = true)]
    private static extern int sqlite3_set_authorizer(nint database, nint authorizer, nint context);
}
