using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>What LightGBM's text and its JSON have in common.</summary>
/// <param name="Form">The form of the file, for the card.</param>
/// <param name="Version">The version it names.</param>
/// <param name="Classes">Trees a round.</param>
/// <param name="Inputs">Names of the features.</param>
internal sealed record LightGbmModel(string Form, string Version, int Classes, string[] Inputs)
{
    private static readonly string[] Versions = ["v2", "v3", "v4"];

    /// <summary>The objective; null when the file names none.</summary>
    public string? Objective { get; init; }

    /// <summary>Whether the trees are averaged: a random forest.</summary>
    public bool IsAveraged { get; init; }

    /// <summary>What the features were in the training.</summary>
    public (double Min, double Max)[] Ranges { get; init; } = [];

    /// <summary>The trees, the classes of a round side by side.</summary>
    public IReadOnlyList<DecisionTree> Trees { get; init; } = [];

    /// <summary>The missing rule of a split by LightGBM's number.</summary>
    public static MissingRule MissingOf(int type, string place) => type switch
    {
        0 => MissingRule.ReadAsZero,
        1 => MissingRule.AbsentOrZero,
        2 => MissingRule.Absent,
        _ => throw new InvalidDataException($"{place}: the missing type {type} is not known; 0 to 2 are."),
    };

    /// <summary>Made ready for the options.</summary>
    public ImportedTrees Checked()
    {
        if (!Versions.Contains(Version, StringComparer.Ordinal))
        {
            throw new InvalidDataException(
                $"version: '{Version}' is not known. Known are {string.Join(", ", Versions)}.");
        }
        if (Trees.Count % Classes != 0)
            throw new InvalidDataException($"{Trees.Count} trees are no whole number of rounds of {Classes}.");
        var limits = new List<string>();
        var (link, factor) = (MarginLink.Identity, 1.0);
        if (Objective is null) limits.Add("The file names no objective: the score is the margin.");
        else (link, factor) = LightGbmObjective.Read(Objective, Classes);
        if (IsAveraged && Version == "v2" && IsConverted(link))
        {
            // Forests of LightGBM before 2.2.3 keep in their leaves what the objective makes of them.
            limits.Add("A forest of version v2 whose leaves are in the objective's range: averaged as they are.");
            (link, factor) = (MarginLink.Identity, 1);
        }
        return new ImportedTrees(
            $"LightGBM {Form} {Version}", Inputs, Trees,
            new TreeOutput { Count = Classes, Link = link, Factor = factor }, Classes)
        {
            IsAveraged = IsAveraged,
            HasClasses = true,
            Ranges = Ranges,
            Rows = Trees.Count == 0 ? 0 : (long)Math.Min(Trees[0].Leaves.Sum(leaf => leaf.Cover), long.MaxValue / 2),
            Limits = limits,
        };
    }

    private bool IsConverted(MarginLink link)
    {
        var leaves = Trees.SelectMany(tree => tree.Leaves).Select(leaf => leaf.Value);
        return link switch
        {
            MarginLink.Sigmoid or MarginLink.Softmax => leaves.All(value => value is >= 0 and <= 1),
            MarginLink.Exp => leaves.All(value => value >= 0),
            _ => false,
        };
    }
}
