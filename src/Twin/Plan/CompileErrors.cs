using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>Collects what is wrong with the names and rules of a definition.</summary>
internal sealed class CompileErrors(string file)
{
    public const int Limit = 50;

    private readonly List<DefinitionError> _errors = [];

    public IReadOnlyList<DefinitionError> All => _errors;

    public bool Any => _errors.Count > 0;

    public void Add(Position at, string path, string message, string remedy)
    {
        if (_errors.Count < Limit) _errors.Add(new DefinitionError(file, at, path, message, remedy));
    }

    /// <summary>The slot of a name among names, or -1 with an error that suggests the nearest.</summary>
    public int Slot(Named name, IReadOnlyList<string> known, string path, string what)
    {
        for (var i = 0; i < known.Count; i++)
        {
            if (known[i] == name.Name) return i;
        }
        Add(name.At, path, $"There is no {what} '{name.Name}'", Nearest(name.Name, known, what));
        return -1;
    }

    /// <summary>Compiles a rule, or adds an error at the character where it is wrong.</summary>
    public Expression? Rule(RuleText rule, SymbolTable symbols, Rules.ValueType type, string path)
    {
        switch (Expression.Compile(rule.Text, symbols, type))
        {
            case Compilation.Compiled compiled:
                return compiled.Expression;
            case Compilation.Invalid invalid:
                var at = rule.At with { Column = rule.At.Column + invalid.Position };
                Add(at, path, invalid.Message.TrimEnd('.'), invalid.Suggestion is null
                    ? $"The rule is: {rule.Text}"
                    : $"Did you mean '{invalid.Suggestion}'?");
                return null;
            default:
                throw new InvalidOperationException("Unknown compilation.");
        }
    }

    public Expression? Rule(RuleText? rule, SymbolTable symbols, Rules.ValueType type, string path) =>
        rule is { } given ? Rule(given, symbols, type, path) : null;

    private static string Nearest(string name, IReadOnlyList<string> known, string what)
    {
        if (known.Count == 0) return $"The definition has no {what} at all";
        var nearest = NearestName.Of(name, known);
        return nearest is null ? $"Known: {string.Join(", ", known.Take(12))}" : $"Did you mean '{nearest}'?";
    }
}
