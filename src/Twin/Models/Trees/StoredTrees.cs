using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DToC.Twin.Models.Trees;

/// <summary>
/// The stored form of an ensemble. A tree is rows of numbers: of its splits <c>inputs</c>, <c>thresholds</c>,
/// <c>left</c>, <c>right</c> and <c>rules</c> (test + 16 * missing rule + 64 when what is missing goes left), of its
/// leaves <c>values</c> and, where known, <c>covers</c>; sets of categories as <c>set</c> of each split and
/// <c>sets</c>.
/// </summary>
internal static class StoredTrees
{
    private const int MissingUnit = 16;
    private const int LeftUnit = 64;

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<DecisionTree> trees, TreeOutput output)
    {
        writer.WriteNumber("outputs", output.Count);
        writer.WriteNumber("chosen", output.Chosen);
        writer.WriteString("link", ModelFields.Written(output.Link));
        writer.WriteNumber("factor", output.Factor);
        writer.WriteString("precision", ModelFields.Written(output.Precision));
        Row(writer, "start", output.Start);
        writer.WriteStartArray("trees");
        foreach (var tree in trees) Write(writer, tree);
        writer.WriteEndArray();
    }

    public static (DecisionTree[] Trees, TreeOutput Output) Read(ModelFields parameters)
    {
        var output = new TreeOutput
        {
            Count = parameters.Integer("outputs", 1, TreeOutput.MaxCount),
            Chosen = parameters.Integer("chosen", 0, TreeOutput.MaxCount - 1),
            Link = parameters.Word<MarginLink>("link"),
            Factor = parameters.Number("factor"),
            Precision = parameters.Word<TreePrecision>("precision"),
            Start = parameters.Numbers("start"),
        };
        return ([.. parameters.List("trees").Select(Tree)], output);
    }

    private static void Write(Utf8JsonWriter writer, DecisionTree tree)
    {
        writer.WriteStartObject();
        writer.WriteNumber("output", tree.Output);
        writer.WriteNumber("weight", tree.Weight);
        Row(writer, "inputs", tree.Splits.Select(s => (double)s.Input));
        Row(writer, "thresholds", tree.Splits.Select(s => s.Threshold));
        Row(writer, "left", tree.Splits.Select(s => (double)s.Left));
        Row(writer, "right", tree.Splits.Select(s => (double)s.Right));
        Row(writer, "rules", tree.Splits.Select(s =>
            (double)((int)s.Test + MissingUnit * (int)s.Missing + (s.IsMissingLeft ? LeftUnit : 0))));
        Row(writer, "values", tree.Leaves.Select(l => l.Value));
        if (tree.HasCovers) Row(writer, "covers", tree.Leaves.Select(l => l.Cover));
        if (tree.Sets.Length > 0)
        {
            Row(writer, "set", tree.Splits.Select(s => (double)s.Set));
            writer.WriteStartArray("sets");
            foreach (var set in tree.Sets)
            {
                writer.WriteStartObject();
                Row(writer, "of", set.Select(category => (double)category));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static DecisionTree Tree(ModelFields tree)
    {
        var values = tree.Numbers("values");
        var covers = tree.NumbersOrNone("covers");
        var inputs = tree.Integers("inputs", 0, PredictiveModel.MaxInputs - 1);
        var thresholds = tree.Numbers("thresholds");
        var left = tree.Integers("left", int.MinValue, int.MaxValue);
        var right = tree.Integers("right", int.MinValue, int.MaxValue);
        var rules = tree.Integers("rules", 0, 2 * LeftUnit - 1);
        var sets = tree.Names.Contains("sets", StringComparer.Ordinal)
            ? tree.List("sets").Select(Set).ToArray()
            : [];
        var set = sets.Length > 0 ? tree.Integers("set", -1, sets.Length - 1) : [];
        SameLength(tree, inputs.Length, thresholds.Length, left.Length, right.Length, rules.Length);
        if (sets.Length > 0) SameLength(tree, inputs.Length, set.Length);
        if (covers.Length > 0) SameLength(tree, values.Length, covers.Length);
        var splits = new TreeSplit[inputs.Length];
        for (var i = 0; i < splits.Length; i++)
        {
            var rule = rules[i];
            splits[i] = new TreeSplit(
                inputs[i], (SplitTest)(rule % MissingUnit), thresholds[i], left[i], right[i],
                (MissingRule)(rule % LeftUnit / MissingUnit), rule >= LeftUnit, set.Length > 0 ? set[i] : -1);
        }
        var leaves = new TreeLeaf[values.Length];
        for (var i = 0; i < leaves.Length; i++)
            leaves[i] = new TreeLeaf(values[i], covers.Length > 0 ? covers[i] : 0);
        var output = tree.Integer("output", 0, TreeOutput.MaxCount - 1);
        var weight = tree.Number("weight");
        tree.End();
        return new DecisionTree(splits, leaves, output, weight, sets);
    }

    private static int[] Set(ModelFields set)
    {
        var categories = set.Integers("of", 0, DecisionTree.MaxCategory);
        set.End();
        return categories;
    }

    private static void SameLength(ModelFields tree, int length, params ReadOnlySpan<int> others)
    {
        foreach (var other in others)
        {
            if (other != length)
                throw new InvalidDataException($"{tree.Path}: a row has {other} numbers where another has {length}.");
        }
    }

    // On one line: a line a number would make most of the file white space.
    private static void Row(Utf8JsonWriter writer, string name, IEnumerable<double> numbers)
    {
        var text = new StringBuilder("[");
        foreach (var number in numbers)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(number.ToString("R", CultureInfo.InvariantCulture));
        }
        writer.WritePropertyName(name);
        writer.WriteRawValue(text.Append(']').ToString());
    }
}
