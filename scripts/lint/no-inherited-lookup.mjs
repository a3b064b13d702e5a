import ts from 'typescript';

/**
 * `table[name]` finds what every object inherits where the name is `constructor` or `toString`. A name that is only known
 * when the program runs is looked up in a Map, or with `ownOf(table, name)`.
 */
export const noInheritedLookup = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      inherited: "finds what every object inherits where the name is 'constructor': use a Map, or ownOf(table, name)",
    },
  },
  create(context) {
    const { program, getTypeAtLocation } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const isTable = (type) =>
      checker.getIndexInfoOfType(checker.getNonNullableType(type), ts.IndexKind.String) !== undefined;
    return {
      MemberExpression(node) {
        if (!node.computed || isWritten(node)) return;
        // Names that a type lists are not any name.
        const isAnyName = (getTypeAtLocation(node.property).flags & ts.TypeFlags.String) !== 0;
        if (isAnyName && isTable(getTypeAtLocation(node.object))) context.report({ node, messageId: 'inherited' });
      },
    };
  },
};

function isWritten(node) {
  const { parent } = node;
  return parent.type === 'AssignmentExpression' && parent.operator === '=' && parent.left === node;
}
