using System.Text.RegularExpressions;
using DToC.Tidy.Reading;

namespace DToC.Tidy.Code;

/// <summary>An interface has two real implementations or it does not exist.</summary>
public sealed partial class InterfaceTests
{
    [Fact]
    public void Interfaces_of_src_have_two_implementations()
    {
        var types = Repository.Sources("").SelectMany(path => Outline.Of(Repository.Read(path)).Types).ToList();
        Findings.None("An interface has two implementations in src and tests, or it does not exist",
            from path in Repository.Sources("src/")
            from type in Outline.Of(Repository.Read(path)).Types
            where type.Kind == "interface"
            let implementations =
                types.Where(other => other.Kind != "interface" && IsOf(other, type.Name, types))
            let names = implementations.Select(other => other.Name).ToHashSet(StringComparer.Ordinal)
            where names.Count < 2
            select $"{path}({type.Line}): {type.Name} has {names.Count}: {string.Join(", ", names)}");
    }

    /// <summary>Whether a type implements an interface, or one that extends it.</summary>
    private static bool IsOf(TypeHeader type, string name, IReadOnlyList<TypeHeader> types) =>
        Implements(type, name)
        || types.Any(other => other.Kind == "interface" && Implements(other, name) && Implements(type, other.Name));

    private static bool Implements(TypeHeader type, string name) =>
        Word().Matches(type.Bases).Any(word => word.Value == name);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
