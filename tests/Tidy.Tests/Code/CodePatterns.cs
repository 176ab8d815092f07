using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Code;

/// <summary>
/// What the rules on code look for. Words that these rules forbid are spelled in pieces here.
/// </summary>
internal static partial class CodePatterns
{
    public static readonly Regex UnfinishedWork = new(
        string.Join('|', @"\bTO" + @"DO\b", @"\bFIX" + @"ME\b", @"\bHA" + @"CK\b",
            "NotImplemented" + "Exception"),
        RegexOptions.CultureInvariant);

    /// <summary>For masked code.</summary>
    public static Regex SkippedTest => Skipped();

    /// <summary>For masked code. A wait on a monitor is not a task's; an awaited one does not block.</summary>
    public static Regex Blocking => Blocks();

    /// <summary>Lines (from 1) with a null-forgiving operator and no comment.</summary>
    public static IEnumerable<int> UnexplainedForgiving(string text)
    {
        var masking = Masking.Of(text);
        var comments = masking.Comments.Split('\n');
        return from line in masking.Code.Split('\n').Index()
            where Forgives().IsMatch(line.Item) && string.IsNullOrWhiteSpace(comments[line.Index])
            select line.Index + 1;
    }

    [GeneratedRegex(@"\b(Fact|Theory)\s*\(.*\bSkip\w*\s*=", RegexOptions.ExplicitCapture)]
    private static partial Regex Skipped();

    [GeneratedRegex(
        @"\basync\s+void\b|\.Result\b(?!\s*\()|(?<!\bawait\b.*)(?<!\bMonitor)\.Wait(All|Any)?\("
        + @"|\.GetAwaiter\(\)\.GetResult\(|\bTask\.Run\(",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?<=[\w)\]>""])!(?!=[^=])")]
    private static partial Regex Forgives();
}
