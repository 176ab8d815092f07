using System.Globalization;
using DToC.Twin.Models.Text;
using DToC.Twin.Plan;

namespace DToC.Http.Lexicons;

/// <summary>A lexicon in a list.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Entries">How many of them.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Version">Content hash of the file.</param>
/// <param name="UsedBy">Signals of the definition that name it; none when no text is scored by it yet.</param>
internal sealed record LexiconForm(
    string Name, LexiconKind Kind, int Entries, int Bytes, string Version, IReadOnlyList<string> UsedBy)
{
    /// <summary>A lexicon that a plan keeps.</summary>
    public static LexiconForm Of(TwinPlan plan, LexiconFile file)
    {
        var (kind, entries) = VaderLexicon.Look(file);
        return new LexiconForm(
            file.Name, kind, entries, file.Bytes.Length, file.Hash.ToString("x16", CultureInfo.InvariantCulture),
            [
                .. from type in plan.Definition.Events
                   from signal in type.Signals
                   where signal.Lexicon?.Name == file.Name || signal.Emoji?.Name == file.Name
                   select $"{type.Name}.{signal.Name}",
            ]);
    }
}
