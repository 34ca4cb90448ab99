// The words of other languages that open a phase, as data, written as `normaliseTitle` leaves them.
import type {PhaseTable} from './phases.ts';
import {words} from './word-list.ts';

const german: PhaseTable = {
  trigger: words(`
    auslöser | symptom | symptome | anzeichen | wann | wann verwenden | bedeutung | erkennung | problem |
    problembeschreibung | fehlerbild | fehlermeldung | alarm | anlass | mögliche indikatoren für kompromisse
  `),
  impact: words(
    'auswirkung | auswirkungen | folgen | betroffene | betroffene dienste | schweregrad | risiken',
  ),
  preconditions: words(`
    voraussetzung | voraussetzungen | vorbedingung | vorbedingungen | vorbereitung | vorbereitungen |
    vorab prüfungen | vorabprüfung | vorabprüfungen | bevor sie beginnen | bevor du beginnst | vor dem start |
    anforderungen | benötigte zugänge | benötigte rechte | benötigte werkzeuge | zugänge
  `),
  dont: words(`
    was nicht zu tun ist | was man nicht tun darf | nicht tun | verboten | verbote | niemals | nie | auf keinen fall |
    zu vermeiden | vermeiden | was zu vermeiden ist | keinesfalls | untersagt | das darf nicht passieren |
    was sie nicht tun dürfen | * ist verboten | * sind verboten
  `),
  safety: words('sicherheit | sicherheitsregeln | sicherheitshinweise | grundregeln | feste regeln'),
  diagnose: words(`
    diagnose | analyse | untersuchung | fehlersuche | ursachensuche | ursachenanalyse | ursache finden |
    was zu prüfen ist | zu prüfen | prüfungen | fehlerbehebung | fehleranalyse | mögliche ursachen |
    erkennung und analyse | eingrenzung | bestimmen sie
  `),
  'safe-actions': words(`
    sichere maßnahmen | sichere aktionen | unbedenkliche maßnahmen | erlaubte maßnahmen | falls es nicht klappt |
    wenn ein schritt fehlschlägt | im fehlerfall | notfallplan
  `),
  rollback: words(`
    rückgängig machen | rücknahme | zurückrollen | zurücksetzen | rückbau | rückfallplan | rückabwicklung |
    rückweg | wiederherstellung des alten zustands | rollback plan
  `),
  'exit-criteria': words(
    'abschlusskriterien | abschluss | fertig wenn | erledigt wenn | abnahmekriterien | endekriterien',
  ),
  verify: words(`
    überprüfung | überprüfen | prüfung | prüfen | verifizierung | verifizieren | verifikation | kontrolle |
    erfolgskontrolle | validierung | validieren | bestätigung | nachkontrolle | ergebnis prüfen | nachprüfung | abnahme
  `),
  escalate: words(`
    eskalation | eskalieren | eskalationsweg | eskalationspfad | eskalationsverfahren | ansprechpartner | kontakt |
    kontakte | wen anrufen | wen benachrichtigen | hilfe | rufbereitschaft | benachrichtigung | kommunikation
  `),
  procedure: words(`
    vorgehen | vorgehensweise | ablauf | durchführung | schritte | schritt für schritt | anleitung | maßnahmen |
    maßnahme | behebung | lösung | lösungen | wiederherstellung | wiederherstellen | sofortmaßnahmen | abhilfe |
    gegenmaßnahmen | ausführung | arbeitsschritte | antwortschritte | eindämmung | ausrottung | erholung |
    prozedur | umsetzung | nacharbeiten | behelf | aufgaben
  `),
  reference: words(`
    referenz | referenzen | hinweis | hinweise | anmerkung | anmerkungen | überblick | übersicht | zusammenfassung |
    hintergrund | zweck | ziel | ziele | einleitung | einführung | siehe auch | verweise | weiterführendes |
    weiterführende informationen | inhalt | inhaltsverzeichnis | beschreibung | glossar | anhang | geltungsbereich |
    gelernte lektionen | links
  `),
};

const french: PhaseTable = {
  trigger: words(`
    déclencheur | déclencheurs | symptôme | symptômes | signification | quand utiliser | quand lutiliser | détection |
    signes | problème | alerte | message derreur | indicateurs potentiels de compromis
  `),
  impact: words(
    'conséquence | conséquences | effets | gravité | portée | services touchés | risques | impact utilisateur',
  ),
  preconditions: words(`
    prérequis | pré requis | préalables | conditions préalables | avant de commencer | préparation | exigences |
    préparatifs | accès requis | accès nécessaires | outils nécessaires | vérifications préalables
  `),
  dont: words(`
    à ne pas faire | ce quil ne faut pas faire | ne pas faire | interdit | interdits | interdictions | interdiction |
    jamais | à éviter | ne jamais | ne jamais faire | actions interdites | choses à éviter | * interdit | * interdites
  `),
  safety: words('sécurité | règles de sécurité | consignes de sécurité | précautions'),
  diagnose: words(`
    diagnostic | diagnostics | diagnostiquer | analyse | enquête | dépannage | investigation | recherche de la cause |
    à vérifier | ce quil faut vérifier | vérifications | causes possibles | détection et analyse | déterminer
  `),
  'safe-actions': words(
    'actions sûres | actions sans risque | actions autorisées | en cas déchec | plan de secours | solution de repli',
  ),
  rollback: words(
    'retour arrière | retour en arrière | annulation | annuler | plan de retour arrière | restauration de létat précédent',
  ),
  'exit-criteria': words(
    'critères de sortie | critères de fin | critères dachèvement | terminé quand | fini quand | critères de clôture',
  ),
  verify: words(`
    vérification | vérifier | validation | valider | contrôle | contrôler | contrôles | confirmation |
    vérification du résultat | vérifications finales | tests
  `),
  escalate: words(`
    escalade | escalader | procédure descalade | procédures descalade | contacts | qui appeler | qui contacter |
    points de contact | point de contact | aide | astreinte | communication
  `),
  procedure: words(`
    procédure | procédures | étapes | marche à suivre | actions | résolution | remédiation | atténuation |
    rétablissement | correction | solution | solutions | mesures | mesures immédiates | actions immédiates | mode opératoire |
    étapes de réponse | exécution | confinement | éradication | récupération | récupérer | contournement | déroulement
  `),
  reference: words(`
    référence | références | remarque | remarques | présentation | résumé | résumé exécutif | contexte | objectif |
    objectifs | voir aussi | liens | sommaire | table des matières | description | glossaire | annexe | annexes |
    leçons apprises | introduction | aperçu | notes
  `),
};

const spanish: PhaseTable = {
  trigger: words(`
    desencadenante | desencadenantes | disparador | síntoma | síntomas | significado | cuándo usar | cuándo utilizar |
    detección | señales | problema | alerta | mensaje de error | indicadores potenciales de compromiso
  `),
  impact: words(
    'impacto | consecuencias | alcance del impacto | gravedad | severidad | servicios afectados | riesgos | efectos',
  ),
  preconditions: words(`
    prerrequisito | prerrequisitos | pre requisitos | requisitos | requisitos previos | condiciones previas |
    precondiciones | antes de empezar | antes de comenzar | preparación | accesos necesarios | herramientas necesarias |
    comprobaciones previas | verificaciones previas
  `),
  dont: words(`
    qué no hacer | lo que no se debe hacer | no hacer | prohibido | prohibidos | prohibiciones | nunca | jamás | evitar |
    a evitar | qué evitar | acciones prohibidas | nunca hacer | * está prohibido | * prohibidas
  `),
  safety: words('seguridad | reglas de seguridad | normas de seguridad | precauciones'),
  diagnose: words(`
    diagnóstico | diagnosticar | análisis | investigación | solución de problemas | resolución de problemas |
    qué comprobar | qué revisar | comprobaciones | causas posibles | posibles causas | detección y análisis |
    depuración | determinar
  `),
  'safe-actions': words(
    'acciones seguras | acciones permitidas | en caso de fallo | si falla | plan de contingencia',
  ),
  rollback: words(
    'reversión | revertir | deshacer | plan de reversión | marcha atrás | vuelta atrás | procedimiento de reversión',
  ),
  'exit-criteria': words(
    'criterios de salida | criterios de finalización | criterios de cierre | terminado cuando | criterios de aceptación',
  ),
  verify: words(`
    verificación | verificar | validación | validar | comprobación | comprobar | confirmación | confirmar |
    verificar el resultado | comprobación final | pruebas
  `),
  escalate: words(`
    escalado | escalamiento | escalación | escalar | procedimientos de escalada | contactos | a quién llamar |
    puntos de contacto | punto de contacto | ayuda | comunicación
  `),
  procedure: words(`
    procedimiento | procedimientos | pasos | pasos a seguir | mitigación | resolución | remediación | acciones |
    acciones inmediatas | recuperación | recuperar | solución | soluciones | corrección | ejecución | medidas | pasos de respuesta |
    contención | erradicación | instrucciones | restauración
  `),
  reference: words(`
    referencia | referencias | nota | notas | resumen | resumen ejecutivo | contexto | objetivo | objetivos |
    véase también | ver también | enlaces | índice | contenido | descripción | glosario | apéndice | anexo | introducción |
    lecciones aprendidas | visión general
  `),
};

const portuguese: PhaseTable = {
  trigger: words(`
    gatilho | gatilhos | sintoma | sintomas | significado | quando usar | quando utilizar | detecção | deteção | sinais |
    problema | alerta | mensagem de erro
  `),
  impact: words('impacto | consequências | gravidade | severidade | serviços afetados | riscos | efeitos'),
  preconditions: words(`
    pré requisito | pré requisitos | requisitos | pré condições | precondições | antes de começar | antes de iniciar |
    preparação | acessos necessários | ferramentas necessárias | verificações prévias
  `),
  dont: words(`
    o que não fazer | não fazer | não faça | proibido | proibidos | proibições | nunca | jamais | evitar | a evitar |
    o que evitar | ações proibidas | * é proibido
  `),
  safety: words('segurança | regras de segurança | normas de segurança | precauções'),
  diagnose: words(`
    diagnóstico | diagnosticar | análise | investigação | solução de problemas | resolução de problemas | o que verificar |
    verificações | causas possíveis | possíveis causas | detecção e análise | depuração
  `),
  'safe-actions': words(
    'ações seguras | ações permitidas | em caso de falha | se falhar | plano de contingência',
  ),
  rollback: words('reversão | reverter | desfazer | plano de reversão | plano de rollback | voltar atrás'),
  'exit-criteria': words(
    'critérios de saída | critérios de conclusão | critérios de encerramento | concluído quando | critérios de aceitação',
  ),
  verify: words(
    'verificação | verificar | validação | validar | confirmação | confirmar | conferência | verificar o resultado | testes',
  ),
  escalate: words(
    'escalonamento | escalação | escalar | escalada | contatos | contactos | quem chamar | a quem ligar | ajuda | comunicação',
  ),
  procedure: words(`
    procedimento | procedimentos | passos | passo a passo | etapas | mitigação | resolução | remediação | correção | ações |
    ações imediatas | recuperação | recuperar | solução | soluções | execução | medidas | contenção | erradicação |
    instruções | restauração
  `),
  reference: words(`
    referência | referências | nota | notas | observações | resumo | resumo executivo | contexto | objetivo | objetivos |
    veja também | links | índice | conteúdo | descrição | glossário | apêndice | anexo | introdução | visão geral
  `),
};

const japanese: PhaseTable = {
  trigger: words(
    '症状 | トリガー | 意味 | 検出 | 検知 | 発生条件 | 兆候 | アラート | 問題 | きっかけ | 妥協の潜在的な指標',
  ),
  impact: words('影響 | 影響範囲 | 重大度 | 深刻度 | リスク'),
  preconditions: words(
    '前提条件 | 事前準備 | 準備 | 事前条件 | 事前確認 | 必要なもの | 必要条件 | 要件 | 始める前に',
  ),
  dont: words(
    '禁止事項 | 禁止 | やってはいけないこと | してはいけないこと | 行ってはいけないこと | 避けること | 避けるべきこと',
  ),
  safety: words('安全 | 安全規則 | 安全上の注意 | 安全ルール'),
  diagnose: words(
    '診断 | 調査 | 分析 | 原因調査 | 切り分け | 確認事項 | トラブルシューティング | 検出と分析 | 考えられる原因 | 決定する',
  ),
  'safe-actions': words('安全な操作 | 安全な対応 | 失敗した場合 | 失敗時の対応'),
  rollback: words('ロールバック | 切り戻し | 切り戻し手順 | 復元 | 元に戻す | ロールバック手順'),
  'exit-criteria': words('完了条件 | 終了条件 | 完了基準 | 終了基準'),
  verify: words('確認 | 検証 | 動作確認 | 結果の確認 | 事後確認 | 確認方法 | 確認手順'),
  escalate: words(
    'エスカレーション | エスカレーション手順 | 連絡先 | 連絡ポイント | 問い合わせ先 | 連絡 | 通知',
  ),
  procedure: words(`
    手順 | 作業手順 | 対応 | 対応手順 | 対処 | 対処法 | 対処方法 | 対策 | 緩和策 | 解決 | 解決策 | 解決方法 | 復旧 | 復旧手順 |
    修復 | レスポンスステップ | 封じ込め | 撲滅 | リカバリ | 回復 | 実行 | 実施手順 | 復旧方法
  `),
  reference: words(`
    参考 | 参照 | 参考資料 | 備考 | 注意 | 注記 | 概要 | 背景 | 目的 | 目標 | 関連 | 関連リンク | 目次 | 用語 | 付録 | はじめに |
    エグゼクティブサマリー | 学んだ教訓 | 説明
  `),
};

const chinese: PhaseTable = {
  trigger: words(
    '症状 | 触发条件 | 触发 | 告警 | 报警 | 含义 | 现象 | 问题现象 | 检测 | 問題 | 潜在妥协指标',
  ),
  impact: words('影响 | 影響 | 影响范围 | 严重程度 | 严重性 | 风险 | 业务影响'),
  preconditions: words(
    '前提条件 | 先决条件 | 前置条件 | 准备 | 准备工作 | 準備 | 操作前检查 | 前提 | 开始之前 | 要求',
  ),
  dont: words('禁止事项 | 禁止操作 | 禁止 | 不要做 | 不应做 | 切勿 | 严禁 | 避免 | 不能做的事'),
  safety: words('安全 | 安全规则 | 安全须知 | 安全注意事项'),
  diagnose: words(
    '诊断 | 診斷 | 排查 | 排查步骤 | 分析 | 调查 | 故障排查 | 故障排除 | 原因分析 | 检查 | 检查项 | 检测和分析 | 可能原因 | 确定',
  ),
  'safe-actions': words('安全操作 | 安全措施 | 失败时 | 如果失败 | 应急措施'),
  rollback: words('回滚 | 回退 | 回滚步骤 | 回滚方案 | 回退方案 | 撤销'),
  'exit-criteria': words('完成标准 | 退出条件 | 结束条件 | 完成条件 | 验收标准'),
  verify: words('验证 | 驗證 | 校验 | 验证步骤 | 结果验证 | 验证结果 | 确认'),
  escalate: words('升级 | 上报 | 上报程序 | 联系人 | 联系点 | 联系方式 | 通知 | 升级流程'),
  procedure: words(`
    步骤 | 操作步骤 | 处理步骤 | 处理 | 处理方法 | 处置 | 解决 | 解决方案 | 解决方法 | 缓解 | 缓解措施 | 修复 | 恢复 | 恢复步骤 |
    流程 | 响应步骤 | 遏制 | 根除 | 操作 | 执行 | 措施 | 操作流程
  `),
  reference: words(
    '参考 | 参考资料 | 备注 | 说明 | 概述 | 背景 | 目的 | 目标 | 相关链接 | 目录 | 附录 | 摘要 | 执行摘要 | 简介 | 吸取的教训',
  ),
};

export const otherPhases: readonly PhaseTable[] = [german, french, spanish, portuguese, japanese, chinese];
