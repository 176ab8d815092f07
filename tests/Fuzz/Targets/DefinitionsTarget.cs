using System.Text;
using DToC.Conformance;
using DToC.Fuzz.Mutation;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Fuzz.Targets;

/// <summary>Definitions: compiled, or refused with errors that lie inside the file and say what to do.</summary>
internal sealed class DefinitionsTarget() : FuzzTarget("definitions")
{
    private static readonly Vocabulary[] Vocabularies =
        [.. ShippedDefinitions.Names.Select(name => new Vocabulary(name))];

    private static readonly string[] Names =
        [.. "kind of events signals path type features triggers offers models when bases category value eligible stages"
            .Split(' ').Select(name => $"\"{name}\"")];

    public override byte[] Draw(SeededDraws draws)
    {
        var tree = Tree.Parse(Vocabularies[draws.Below(Vocabularies.Length)].Text);
        Mutations.Change(tree, draws, Names);
        var bytes = tree.ToBytes();
        return draws.Percent(15) ? Mutations.Garble(bytes, draws) : bytes;
    }

    public override string Try(byte[] input, ulong seed)
    {
        if (TwinPlan.Load(input, "fuzz") is not PlanCompilation.Invalid invalid) return "compiled";
        Hold(invalid.Errors.Count is > 0 and <= DefinitionLimits.Errors, $"{invalid.Errors.Count} errors.");
        var lines = Encoding.UTF8.GetString(input).Split('\n');
        foreach (var error in invalid.Errors)
        {
            var (line, column) = error.At;
            Hold(line >= 1 && line <= lines.Length && column >= 1 && column <= lines[line - 1].Length + 1,
                $"{error} lies outside the file.");
            Hold(error.Remedy.Length > 0, $"{error} does not say what to do.");
        }
        return "refused";
    }
}
