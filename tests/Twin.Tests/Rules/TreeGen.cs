using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Rules;

/// <summary>
/// Generates rules of every form up to a depth, and customers with missing and awkward values.
/// </summary>
internal static class TreeGen
{
    public const int Slots = 3;
    private const int Depth = 4;

    private static readonly string[] Words = ["web", "app", "it's", ""];
    private static readonly double[] Plain = [0, 1, 2, 3, 0.5, 10, 1e-3, 1e300, 7.25];

    private static readonly Gen<int> Slot = Gen.Choose(0, Slots - 1);

    public static Gen<Tree> Rules { get; } =
        Gen.OneOf(Numbers(Depth).Select(Tree (tree) => tree), Booleans(Depth).Select(Tree (tree) => tree));

    public static Gen<Customer> Customers { get; } =
        from numbers in Gen.Elements<double?>(null, 0, -1, 1, 2, 0.5, -1e300, 709.5, 1e-300).ArrayOf(Slots)
        from booleans in Gen.Elements<bool?>(null, true, false).ArrayOf(Slots)
        from texts in Gen.Elements<string?>(null, "web", "app", "it's", "").ArrayOf(Slots)
        select new Customer(numbers, booleans, texts);

    private static Gen<NumberTree> Numbers(int depth)
    {
        var leaf = Gen.OneOf<NumberTree>(
            Gen.Elements(Plain).Select(NumberTree (number) => new NumberLiteral(number)),
            Slot.Select(NumberTree (slot) => new NumberName(slot)));
        if (depth == 0)
            return leaf;
        var inner = Numbers(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(NumberTree (operand) => new Negation(operand)),
            from sign in Gen.Elements('+', '-', '*', '/', '%')
            from left in inner
            from right in inner
            select (NumberTree)new Calculation(sign, left, right),
            from name in Gen.Elements("abs", "exp", "log", "sqrt", "floor")
            from operand in inner
            select (NumberTree)new NumberCall(name, [operand]),
            from call in Gen.Elements(
                ("min", 2), ("min", 3), ("max", 2), ("coalesce", 3), ("pow", 2), ("clamp", 3))
            from operands in inner.ArrayOf(call.Item2)
            select (NumberTree)new NumberCall(call.Item1, operands),
            from condition in Booleans(depth - 1)
            from then in inner
            from otherwise in inner
            select (NumberTree)new NumberChoice(condition, then, otherwise));
    }

    private static Gen<BooleanTree> Booleans(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements(true, false).Select(BooleanTree (truth) => new BooleanLiteral(truth)),
            Slot.Select(BooleanTree (slot) => new BooleanName(slot)),
            TextComparisons(),
            from slot in Slot
            from items in Gen.Elements("web", "app", "").ArrayOf(2)
            select (BooleanTree)new TextMembership(slot, items));
        if (depth == 0)
            return leaf;
        var inner = Booleans(depth - 1);
        var numbers = Numbers(depth - 1);
        return Gen.OneOf(
            leaf,
            from word in Gen.Elements(true, false)
            from operand in inner
            select (BooleanTree)new Inversion(word, operand),
            from both in Gen.Elements(true, false)
            from left in inner
            from right in inner
            select (BooleanTree)new Connection(both, left, right),
            from sign in Gen.Elements("<", "<=", ">", ">=", "==", "!=")
            from left in numbers
            from right in numbers
            select (BooleanTree)new Comparison(sign, left, right),
            from left in numbers
            from items in numbers.ArrayOf(3)
            select (BooleanTree)new NumberMembership(left, items),
            from operand in Gen.OneOf(numbers.Select(Tree (tree) => tree), inner.Select(Tree (tree) => tree))
            select (BooleanTree)new Absence(operand),
            from condition in inner
            from then in inner
            from otherwise in inner
            select (BooleanTree)new BooleanChoice(condition, then, otherwise));
    }

    private static Gen<BooleanTree> TextComparisons() =>
        from equal in Gen.Elements(true, false)
        from slot in Slot
        from other in Gen.Elements<int?>(null, 0, 1, 2)
        from literal in Gen.Elements(Words)
        select (BooleanTree)new TextComparison(equal, slot, other, literal);
}
