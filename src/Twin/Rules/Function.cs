namespace DToC.Twin.Rules;

/// <summary>A function of the language.</summary>
/// <param name="Form">How it is written, for messages.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="MaxArguments">Most arguments.</param>
/// <param name="Op">
/// The operation on its numbers; Constant for those that choose or look at values instead (if, coalesce,
/// isMissing).
/// </param>
internal sealed record Function(string Form, int MinArguments, int MaxArguments, Op Op)
{
    private const int Most = ExpressionLimits.Arguments;

    public static readonly Function If = new("if(condition, then, otherwise)", 3, 3, Op.Constant);
    public static readonly Function IsMissing = new("isMissing(x)", 1, 1, Op.Constant);
    public static readonly Function Coalesce = new("coalesce(a, b, ...)", 2, Most, Op.Constant);

    private static readonly Function[] All =
    [
        If, IsMissing, Coalesce,
        new("min(a, b, ...)", 2, Most, Op.Min),
        new("max(a, b, ...)", 2, Most, Op.Max),
        new("abs(x)", 1, 1, Op.Abs),
        new("log(x)", 1, 1, Op.Log),
        new("log1p(x)", 1, 1, Op.Log1p),
        new("exp(x)", 1, 1, Op.Exp),
        new("sqrt(x)", 1, 1, Op.Sqrt),
        new("pow(x, y)", 2, 2, Op.Pow),
        new("floor(x)", 1, 1, Op.Floor),
        new("round(x)", 1, 1, Op.Round),
        new("clamp(x, lo, hi)", 3, 3, Op.Clamp),
        new("sigmoid(x)", 1, 1, Op.Sigmoid),
    ];

    private static readonly Dictionary<string, Function> ByName =
        All.ToDictionary(function => function.Name, StringComparer.Ordinal);

    public string Name => Form[..Form.IndexOf('(')];

    public string Expected => MinArguments == MaxArguments
        ? $"{Form} takes {MinArguments} value{(MinArguments == 1 ? "" : "s")}"
        : $"{Form} takes {MinArguments} to {MaxArguments} values";

    public static IEnumerable<string> Names => All.Select(function => function.Name);

    public static Function? Find(string name) => ByName.GetValueOrDefault(name);
}
